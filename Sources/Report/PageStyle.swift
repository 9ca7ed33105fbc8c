/// The page's style sheet: a system font, one accent, light and dark.
enum PageStyle {
    static let text = """
        :root { --page: #ffffff; --raised: #f6f8fa; --ink: #1d2126; --muted: #5f6873; --line: #dde2e8; --accent: #0072B2;
          --ok: #00714f; --ok-soft: #e4f4ee; --bad: #a63c00; --bad-soft: #fdeee4; --wide: 1240px; }
        @media (prefers-color-scheme: dark) { :root { --page: #171b20; --raised: #1e242b; --ink: #e8ebef; --muted: #9ba5b1;
          --line: #303843; --accent: #56B4E9; --ok: #4fd0a5; --ok-soft: #173129; --bad: #ff9a5c; --bad-soft: #3a2416; } }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
          "Helvetica Neue", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
        header, main, footer { max-width: var(--wide); margin: 0 auto; padding: 0 28px; }
        header { padding-top: 56px; }
        .over { margin: 0; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
        h1 { margin: 4px 0 10px; font-size: clamp(28px, 4vw, 42px); line-height: 1.15; letter-spacing: -.015em; text-wrap: balance; }
        .lead { max-width: 74ch; margin: 0; color: var(--muted); font-size: 17px; }
        .key { white-space: nowrap; color: var(--ink); }
        .diamond { display: inline-block; width: 9px; height: 9px; margin: 0 4px 1px 6px; border: 1.8px solid var(--ink); transform: rotate(45deg); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; margin: 26px 0 22px; }
        .card { display: block; padding: 14px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--raised);
          color: inherit; text-decoration: none; }
        .card:hover, .card:focus-visible { border-color: var(--accent); }
        .card strong { display: block; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
        .card span { color: var(--muted); font-size: 14px; }
        nav { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 10px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
        nav a, .files a { color: var(--accent); text-decoration: none; }
        nav a:hover, .files a:hover { text-decoration: underline; }
        section { margin: 48px 0; scroll-margin-top: 12px; }
        h2 { margin: 0 0 4px; font-size: 26px; letter-spacing: -.01em; }
        .sub { max-width: 92ch; margin: 0 0 16px; color: var(--muted); }
        .grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px; }
        figure { margin: 0; padding: 18px 20px 14px; border: 1px solid var(--line); border-radius: 12px; min-width: 0; }
        figure.wide { grid-column: 1 / -1; }
        figure h3 { display: flex; align-items: baseline; gap: 6px; margin: 0 0 10px; font-size: 17px; font-weight: 600; line-height: 1.35; }
        figure h3 > span:first-child { color: var(--muted); font-weight: 500; white-space: nowrap; }
        .files { margin-left: auto; font-size: 13px; font-weight: 400; white-space: nowrap; }
        .plot { width: 100%; overflow-x: auto; min-height: 200px; }
        .plot.vega-embed { display: block; padding-right: 0; }
        .plot .vega-actions a { font-size: 13px; }
        .empty { padding: 40px 16px; color: var(--muted); text-align: center; background: var(--raised); border-radius: 8px; }
        figcaption { margin-top: 10px; font-size: 14.5px; line-height: 1.5; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; margin: 0; }
        dt { color: var(--muted); }
        dd { margin: 0; max-width: 100ch; }
        section > details { margin: 10px 0; border: 1px solid var(--line); border-radius: 10px; }
        section > details > summary { padding: 10px 16px; cursor: pointer; }
        .count { margin-left: 8px; color: var(--muted); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14.5px; }
        caption { padding: 16px 0 6px; text-align: left; font-weight: 600; }
        th, td { padding: 5px 12px; text-align: left; border-top: 1px solid var(--line); vertical-align: top; }
        thead th { color: var(--muted); font-weight: 500; border-top: 0; white-space: nowrap; }
        tbody th { font-weight: 500; white-space: nowrap; }
        .n { text-align: right; white-space: nowrap; }
        .validation td:nth-child(2), .validation td:last-child { white-space: nowrap; }
        .why { display: block; max-width: 64ch; color: var(--muted); font-size: 12.5px; line-height: 1.4; }
        .mark { white-space: nowrap; font-weight: 600; }
        .ok { color: var(--ok); } .bad { color: var(--bad); }
        tr.failed td { background: var(--bad-soft); }
        tr.ours > * { background: var(--ok-soft); }
        tr.group th { padding-top: 14px; color: var(--accent); border-top: 0; }
        .tag { display: inline-block; padding: 0 7px; border: 1px solid var(--line); border-radius: 99px; color: var(--muted); font-size: 12.5px; white-space: nowrap; }
        .tag.soft { border-style: dashed; }
        table.narrow, table.pairs { width: auto; min-width: min(100%, 520px); }
        .pairs th { color: var(--muted); } .pairs td { overflow-wrap: anywhere; }
        .symbol { font-style: italic; }
        .citations { padding-left: 20px; max-width: 92ch; } .citations li { margin: 6px 0; overflow-wrap: anywhere; }
        code { font: .92em ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
        footer { padding: 20px 28px 56px; color: var(--muted); font-size: 14px; }
        .skip { position: absolute; left: -999px; } .skip:focus { left: 12px; top: 12px; background: var(--page); padding: 6px 10px; }
        #vg-tooltip-element { font: 13px system-ui, sans-serif !important; background: var(--raised) !important; color: var(--ink) !important;
          border: 1px solid var(--line) !important; }
        @media (max-width: 980px) { .grid { grid-template-columns: minmax(0, 1fr); } header, main, footer { padding-left: 16px; padding-right: 16px; } }
        @media print { nav, .files, footer { display: none; } figure, details { break-inside: avoid; } }
        """
}
