import { offerUpload } from "../documents/upload.js";
import { enhance } from "../app.js";

enhance("document-upload", offerUpload);
