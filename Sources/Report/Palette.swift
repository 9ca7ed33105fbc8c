import Foundation

/// Colours by role. Specifications name a role ("@ours"); the page and the renderer put in the colour of their theme.
///
/// The hues are Okabe and Ito's (told apart with any colour vision) with lighter twins for dark pages; the paper's numbers
/// are always open diamonds in the text colour, so that they never rest on colour alone.
enum Palette {
    static let light: [String: String] = [
        "@ink": "#1d2126", "@muted": "#5f6873", "@grid": "#e4e7eb", "@page": "#ffffff", "@soft": "#858e99",
        "@ours": "#0072B2", "@second": "#D55E00", "@third": "#009E73", "@fourth": "#BC5F93", "@band": "#e9eef5",
        "@a1": "#9A8B00", "@a2": "#D55E00", "@a3": "#B0307A", "@a4": "#48186A",
        "@low": "#2166AC", "@middle": "#7d858f", "@high": "#B2182B",
    ]
    static let dark: [String: String] = [
        "@ink": "#e8ebef", "@muted": "#9ba5b1", "@grid": "#2b3139", "@page": "#171b20", "@soft": "#78828e",
        "@ours": "#56B4E9", "@second": "#FF8B47", "@third": "#35C99B", "@fourth": "#E79AC6", "@band": "#232a33",
        "@a1": "#FFC24A", "@a2": "#FF8B47", "@a3": "#E26BA8", "@a4": "#A98BEB",
        "@low": "#6FB1FF", "@middle": "#858d97", "@high": "#FF8276",
    ]

    /// Puts a theme's colours in place of the roles.
    static func paint(_ text: String, _ theme: [String: String]) -> String {
        theme.keys.sorted { $0.count > $1.count }.reduce(text) { result, role in
            result.replacingOccurrences(of: "\"\(role)\"", with: "\"\(theme[role]!)\"")
        }
    }
}
