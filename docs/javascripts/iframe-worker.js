// Where a page lies on the disk a browser starts no worker, and the site's search needs one. So its
// script runs in a hidden frame of the same page, behind what the search uses of the Worker interface.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      frame.contentDocument.open() // else Firefox replaces the document a moment later
      frame.contentDocument.write("<!doctype html><body></body>")
      frame.contentDocument.close()
      this.inside = frame.contentWindow
      this.inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
      this.inside.importScripts = async (...urls) => {
        for (const each of urls) await this.load(each)
      }
      this.ready = this.load(url)
    }

    load(url) {
      const { document } = this.inside
      const script = document.createElement("script")
      script.src = new URL(url, location.href).href
      return new Promise((resolve, reject) => {
        script.onload = resolve
        script.onerror = () => reject(new Error(`${url} can't be loaded`))
        document.body.append(script)
      })
    }

    async postMessage(data) {
      await this.ready
      this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }))
    }
  }
  window.Worker = window.IFrameWorker
}
