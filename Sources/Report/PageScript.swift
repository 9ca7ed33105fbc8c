/// The page's own script: paints each specification in the theme, fits it to its card, embeds it.
enum PageScript {
    static let text = """
        (() => {
        const themes = window.tausoniteThemes;
        const dark = window.matchMedia("(prefers-color-scheme: dark)");
        const specs = [...document.querySelectorAll("script.spec")].map(node => ({id: node.dataset.for, text: node.textContent}));
        function painted(text) {
          const theme = themes[dark.matches ? "dark" : "light"];
          return JSON.parse(text, (key, value) => typeof value === "string" && value[0] === "@" && theme[value] ? theme[value] : value);
        }
        async function draw({id, text}) {
          const place = document.getElementById(id);
          if (!place) {
            console.error("The page has no place for the figure " + id + ".");
            return;
          }
          const spec = painted(text);
          // Several views side by side or in rows keep their own widths.
          const isOneView = !["hconcat", "vconcat", "concat", "facet", "repeat"].some(key => key in spec);
          if (isOneView && place.clientWidth > 0) {
            spec.width = "container";
            spec.autosize = {type: "fit-x", contains: "padding"};
          }
          try {
            await vegaEmbed(place, spec, {renderer: "svg", actions: {export: true, source: true, compiled: false, editor: false},
              downloadFileName: id, tooltip: {theme: dark.matches ? "dark" : "light"}});
          } catch (error) {
            place.innerHTML = "";
            const note = document.createElement("p");
            note.className = "empty";
            note.textContent = "This figure could not be drawn here (" + error.message + "); see figures/" + id + ".svg.";
            place.append(note);
          }
        }
        // One after the other, so that the first figures are there while the rest are drawn.
        async function drawAll() {
          for (const spec of specs) await draw(spec);
          document.body.dataset.drawn = "all";
        }
        dark.addEventListener("change", drawAll);
        drawAll();
        })();
        """
}
