export { enhance as default } from "../documents/upload.js";
