/// The head of a page that needs nothing else: its policy, its title and the common style.
struct PageHead {
    /// Without the program's name, which follows it.
    let title: String
    /// `PagePolicy.text`.
    let policy: String
    /// What this page adds to the common style.
    var style: String?
    /// Whether the browser is told not to ask its server for an icon.
    var hasNoIcon = false

    var html: String {
        """
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(policy)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">\(hasNoIcon ? "\n<link rel=\"icon\" href=\"data:,\">" : "")
        <title>\(Page.escape(title)) - Tausonite</title>
        <style>
        \(PageStyle.text)\(style.map { "\n" + $0 } ?? "")
        </style>
        </head>
        """
    }
}
