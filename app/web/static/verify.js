// Reading a QR code: with the camera where the browser can, and from the address that a phone has opened.
(() => {
  "use strict";

  const offered = document.querySelector("[data-scanner]");
  const target = document.querySelector("[data-scanned]");
  if (offered && target && "BarcodeDetector" in window && navigator.mediaDevices) {
    prepare(offered, target);
  }

  async function prepare(scanner, form) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!formats.includes("qr_code")) return;
    scanner.hidden = false;
    const press = scanner.querySelector("[data-scan]");
    press.addEventListener("click", () => scan(scanner, form, press));
  }

  async function scan(scanner, form, press) {
    const view = scanner.querySelector("video");
    const said = scanner.querySelector("[data-scanner-said]");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = press.dataset.textRefused;
      return;
    }
    press.hidden = true;
    view.hidden = false;
    view.srcObject = stream;
    said.textContent = press.dataset.textLooking;
    await view.play();
    const text = await found(view, new BarcodeDetector({ formats: ["qr_code"] }));
    stream.getTracks().forEach((track) => track.stop());
    form.elements.text.value = text;
    form.submit();
  }

  function found(view, detector) {
    return new Promise((resolve) => {
      const look = async () => {
        const codes = await detector.detect(view).catch(() => []);
        const one = codes.find((code) => code.rawValue.includes("/verify/"));
        if (one) resolve(one.rawValue);
        else setTimeout(look, 200);
      };
      look();
    });
  }

  // a browser keeps what stands after # to itself: the person decides whether to send it
  const statement = document.querySelector("[data-statement]");
  if (statement && location.hash.split(".").length === 3) {
    statement.elements.text.value = location.href;
    statement.hidden = false;
  }
})();
