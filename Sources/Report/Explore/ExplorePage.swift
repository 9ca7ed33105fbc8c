import CompactModel
import Essentials

/// A page to look around in: runs with a time slider over band, vacancies and field, and the compact synapse computed in the page.
package struct ExplorePage: Sendable {
    package var runs: [ExploreRun]
    package var synapses: [SynapseModel]
    /// What a solver behind the page needs to be shown; nil where there is none.
    package var live: Live?

    /// The form of `tausonite serve`.
    package struct Live: Sendable {
        /// Names of the devices to choose from, and "key=value unit" of each number of the first.
        package var devices, parameters: [String]
        package var sentences: [String]
        package init(devices: [String], parameters: [String], sentences: [String]) {
            (self.devices, self.parameters, self.sentences) = (devices, parameters, sentences)
        }
    }

    package init(runs: [ExploreRun], synapses: [SynapseModel] = [], live: Live? = nil) {
        (self.runs, self.synapses, self.live) = (runs, synapses, live)
    }

    private static let script = "\n" + String(decoding: PackageResources.explore_js, as: UTF8.self)
    private static let style = String(decoding: PackageResources.explore_css, as: UTF8.self)

    package func html() -> String {
        let laws = synapses.compactMap(ExploreSynapse.json)
        let data: JSON = ["runs": .array(runs.map(\.json)), "synapses": .array(laws)]
        let devices = runs.map(\.device).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let title = devices.isEmpty ? (synapses.first?.device ?? "a device") : devices.joined(separator: ", ")
        let head = PageHead(
            title: "\(title): inside and outside",
            policy: PagePolicy.text(scripts: [Self.script], connects: live != nil), style: Self.style, hasNoIcon: true)
        return """
            <!DOCTYPE html>
            <html lang="en">
            \(head.html)
            <body>
            <header><p class="over">Tausonite</p><h1>\(Page.escape(title)): inside and outside</h1>
            <p class="lead">Computed runs, moment by moment\(laws.isEmpty ? "" : ", and the compact synapse that was made of the device")\(live == nil ? "" : "; the solver behind this page runs what you ask for").</p></header>
            <main>
            \(live.map(Self.form) ?? "")
            \(runs.isEmpty && live == nil ? "" : Self.inside)
            \(laws.isEmpty ? "" : Self.synapse)
            </main>
            <footer>Written by Tausonite. The moments of the slider follow the solver's steps: close where much happens. Energies are above the right
            metal's Fermi level; the field points to the right where it is positive.</footer>
            <script type="application/json" id="explore-data">\(data.text)</script>
            <script>\(Self.script)</script>
            </body>
            </html>

            """
    }

    /// One run as the page's script reads it.
    package static func text(of run: ExploreRun) -> String { run.json.text }

    private static let inside = """
        <section id="inside"><h2>Inside</h2>
        <div class="scroll"><table class="pick"><thead><tr><th>1st</th><th>2nd</th><th>Run</th><th>Device</th><th>Protocol</th></tr></thead>
        <tbody id="runs"></tbody></table></div>
        <div class="controls"><button id="play" type="button">Play</button><label for="moment">time</label>
        <input id="moment" type="range" min="0" max="1" step="1" value="0"></div>
        <div class="scroll"><table><thead><tr><th></th><th class="n">t</th><th class="n">V</th><th class="n">I</th><th class="n">G</th><th class="n">T</th></tr></thead>
        <tbody id="readings"></tbody></table></div>
        <div class="controls"><label>course of <select id="quantity"><option value="G">G</option><option value="I">|I|</option><option value="V">V</option><option
        value="T">T</option></select></label><label>time axis <select id="time-axis"><option value="linear">linear</option><option value="log">log</option></select></label></div>
        <div class="panels"><div id="course" class="wide"></div><div id="band"></div><div id="vacancies"></div><div id="field"></div><div id="psi"></div></div>
        </section>
        """

    private static let synapse = """
        <section id="synapse"><h2>The compact synapse</h2>
        <p class="sub">One pulse on a weight W, then a bias: F grows by ΔF (its logarithm bilinear in V and ln width between the cells of the map) and decays
        with the time constant of the bias (ln τ linear between the biases); the pulse costs c ΔF<sup>α</sup>. As in synapse.yaml, computed here.</p>
        <div class="controls"><label>synapse <select id="synapse-choice"></select></label>
        <label>amplitude <input id="amplitude" type="range"><output id="amplitude-value"></output></label>
        <label>width <input id="width" type="range"><output id="width-value"></output></label>
        <label>bias <input id="bias" type="range"><output id="bias-value"></output></label>
        <label>SET trains <input id="train" type="range"><output id="train-value"></output></label></div>
        <dl class="numbers"><div><dt>W</dt><dd id="W"></dd></div><div><dt>ΔF</dt><dd id="dF"></dd></div><div><dt>G after the pulse</dt><dd id="G"></dd></div>
        <div><dt>energy</dt><dd id="energy"></dd></div><div><dt>τ</dt><dd id="tau"></dd></div><div><dt>Λ</dt><dd id="lambda"></dd></div></dl>
        <div class="panels three"><div id="decay"></div><div id="map"></div><div id="lambda-curve"></div></div>
        </section>
        """

    private static func form(_ live: Live) -> String {
        let devices = live.devices.enumerated().map { "<option value=\"\($0)\">\(Page.escape($1))</option>" }.joined()
        let parameters = live.parameters.map { "<option>\(Page.escape($0))</option>" }.joined()
        return """
            <section id="solver"><h2>Ask the solver</h2>
            <form id="live" autocomplete="off">
            <label>Protocol, a sentence a line<textarea id="sentences" spellcheck="false">\(Page.escape(live.sentences.joined(separator: "\n")))</textarea></label>
            <label>Changed numbers, key=value a line<textarea id="set" spellcheck="false" placeholder="platinum_barrier=0.74eV"></textarea></label>
            <div class="controls"><label>device <select id="device">\(devices)</select></label>
            <label>a number of it <select id="parameter"><option value="">choose one to change</option>\(parameters)</select></label>
            <label><input id="base-state" type="checkbox" checked> from the base state</label>
            <label><input id="keep" type="checkbox" checked> keep the last one beside it</label>
            <label><input id="as-i-type" type="checkbox" checked> run as I type</label><button type="submit">Run</button></div>
            <p id="message" role="status"></p><p id="downloads"></p>
            </form></section>
            """
    }
}
