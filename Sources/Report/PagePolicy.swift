import Essentials
import Foundation

/// What keeps a page to itself: its own scripts by their digests, and nothing else that runs or is fetched.
enum PagePolicy {
    /// The content of a page's policy. Text that another file brought can show itself and do nothing.
    ///
    /// - compilesExpressions: whether a script makes code of text ('unsafe-eval'), as Vega does.
    /// - connects: whether the page may ask the server that it came from.
    static func text(scripts: [String], compilesExpressions: Bool = false, connects: Bool = false) -> String {
        let digests = scripts.map { "'sha256-\(Digest.sha256Bytes(Data($0.utf8)).base64EncodedString())'" }
        let allowed = (compilesExpressions ? ["'unsafe-eval'"] : []) + digests
        return "default-src 'none'; script-src \(allowed.joined(separator: " ")); style-src 'unsafe-inline'; "
            + "img-src data: blob:; connect-src data:\(connects ? " 'self'" : ""); base-uri 'none'; form-action 'none'"
    }

    /// The scripts of a page with figures, each to the byte: Vega's bundle, the themes, and what draws the figures.
    static func figureScripts(bundle: String) -> [String] {
        ["\n(() => {\n\(safe(bundle))\n})();\n", themes, "\n\(PageScript.text)\n"]
    }

    /// A figure's specification as data of a page.
    static func data(_ figure: Figure) -> String? {
        figure.spec.map { "<script type=\"application/json\" class=\"spec\" data-for=\"\(figure.id)\">\($0.text)</script>" }
    }

    /// No script text may close its own element.
    static func safe(_ script: String) -> String {
        script.replacingOccurrences(of: "</script", with: "<\\/script").replacingOccurrences(of: "<!--", with: "<\\!--")
    }

    private static var themes: String {
        func theme(_ colours: [String: String]) -> String {
            JSON.object(colours.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).text
        }
        return "window.tausoniteThemes = {light: \(theme(Palette.light)), dark: \(theme(Palette.dark))};"
    }
}
