// First on every page here: keeps what the policy refused, in this document and in a window made by it.
window.violations = [];
window.noteViolations = (target) => {
  target.addEventListener(
    'securitypolicyviolation',
    ({ violatedDirective, blockedURI, sourceFile, sample }) => {
      if (blockedURI.endsWith('/favicon.ico')) return; // Firefox asks for it by itself
      window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile} ${sample}`);
    },
  );
};
window.noteViolations(document);
