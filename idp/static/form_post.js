// Sends the answer to the asking site; the button beside it does the same without scripts.
"use strict";
document.getElementById("form-post").submit();
