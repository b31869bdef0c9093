import { offerUpload } from "../documents/upload.js";
import { enhance } from "../enhancing.js";

enhance("document-upload", offerUpload);
