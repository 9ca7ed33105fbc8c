// The explorer: runs of devices with a time slider, and the compact synapse. Data lie in the page; with a solver behind it the page asks
// for more. Draws with plain SVG; text from files is only ever set as text.
(() => {
  "use strict";
  const $ = id => document.getElementById(id);
  const data = JSON.parse($("explore-data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const COLOURS = ["var(--run-a)", "var(--run-b)"];

  // ---- small tools

  function element(name, attributes, parent, text) {
    const node = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    if (parent) parent.append(node);
    return node;
  }

  /** Four digits with an SI prefix: 3.2e-9, "S" gives "3.200 nS". */
  function engineering(value, unit, digits = 4) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "-";
    if (value === 0) return "0 " + unit;
    const prefixes = {"-15": "f", "-12": "p", "-9": "n", "-6": "µ", "-3": "m", 0: "", 3: "k", 6: "M", 9: "G"};
    let power = 3 * Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
    if (power > 0 && "sKV".includes(unit)) power = 0;
    if (!(power in prefixes)) return value.toPrecision(digits) + " " + unit;
    return (value / 10 ** power).toPrecision(digits) + " " + prefixes[power] + unit;
  }

  function extent(lists, log) {
    let low = Infinity, high = -Infinity;
    for (const list of lists) {
      for (const value of list) {
        if (value === null || !Number.isFinite(value) || (log && value <= 0)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (low > high) return log ? [0.1, 1] : [0, 1];
    if (log) return low === high ? [low / 2, high * 2] : [low, high];
    const margin = 0.05 * (high - low) || 0.05 * Math.abs(high) || 1;
    return [low - margin, high + margin];
  }

  function ticks([low, high], log, most) {
    if (log) {
      const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
      const stride = Math.max(1, Math.ceil((last - first + 1) / most));
      const marks = [];
      for (let k = first; k <= last; k += stride) marks.push(10 ** k);
      if (marks.length >= 3) return marks;
      const fine = [];
      for (let k = first - 1; k <= last; k++) for (const digit of [1, 2, 5]) fine.push(Number((digit * 10 ** k).toPrecision(3)));
      const between = fine.filter(mark => mark >= low * (1 - 1e-9) && mark <= high * (1 + 1e-9));
      if (between.length >= 2) return between;
    }
    const raw = (high - low) / most;
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = unit * [1, 2, 5, 10].find(f => f * unit >= raw);
    const marks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) marks.push(Number((k * step).toPrecision(12)));
    return marks.filter(mark => !log || mark > 0);
  }

  function label(value) {
    if (value === 0) return "0";
    const size = Math.abs(value);
    return size >= 1e5 || size < 1e-3 ? value.toExponential().replace("e+", "e") : String(Number(value.toPrecision(6)));
  }

  const HEIGHT = 300, LEFT = 66, RIGHT = 12, TOP = 12, BOTTOM = 44;

  /** Draws lines, points and a cursor; x and y: {label, log, range}. */
  function chart(place, {x, y, lines, points = [], cursors = [], cells = []}) {
    place.replaceChildren();
    const WIDTH = place.classList.contains("wide") ? 1060 : place.parentElement.classList.contains("three") ? 400 : 520;
    const svg = element("svg:svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${y.label} against ${x.label}`}, place);
    const scale = (axis, from, to) => value => {
      const map = axis.log ? Math.log : v => v;
      return from + (to - from) * (map(value) - map(axis.range[0])) / (map(axis.range[1]) - map(axis.range[0]));
    };
    const px = scale(x, LEFT, WIDTH - RIGHT), py = scale(y, HEIGHT - BOTTOM, TOP);
    for (const cell of cells) {
      const [a, b, c, d] = [px(cell.x[0]), px(cell.x[1]), py(cell.y[1]), py(cell.y[0])];
      element("svg:rect", {x: a, y: c, width: b - a + 0.5, height: d - c + 0.5, fill: cell.fill}, svg);
    }
    for (const mark of ticks(x.range, x.log, 7)) {
      element("svg:line", {class: "grid", x1: px(mark), x2: px(mark), y1: TOP, y2: HEIGHT - BOTTOM}, svg);
      element("svg:text", {class: "tick", x: px(mark), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle"}, svg, label(mark));
    }
    for (const mark of ticks(y.range, y.log, 6)) {
      element("svg:line", {class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: py(mark), y2: py(mark)}, svg);
      element("svg:text", {class: "tick", x: LEFT - 6, y: py(mark) + 4, "text-anchor": "end"}, svg, label(mark));
    }
    element("svg:text", {class: "axis", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle"}, svg, x.label);
    const middle = (TOP + HEIGHT - BOTTOM) / 2;
    element("svg:text", {class: "axis", x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})`}, svg, y.label);
    const clip = "clip-" + (chart.count = (chart.count || 0) + 1);
    const defs = element("svg:clipPath", {id: clip}, element("svg:defs", {}, svg));
    element("svg:rect", {x: LEFT, y: TOP - 2, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM + 4}, defs);
    const inside = element("svg:g", {"clip-path": `url(#${clip})`}, svg);
    for (const line of lines) {
      let path = "", isOpen = false;
      for (let i = 0; i < line.x.length; i++) {
        const [a, b] = [line.x[i], line.y[i]];
        if (b === null || b === undefined || (y.log && b <= 0) || (x.log && a <= 0)) { isOpen = false; continue; }
        path += `${isOpen ? "L" : "M"}${px(a).toFixed(1)},${py(b).toFixed(1)}`;
        isOpen = true;
      }
      element("svg:path", {d: path, fill: "none", stroke: line.colour, "stroke-width": line.width || 1.8,
        "stroke-dasharray": line.dash || "none", "stroke-linejoin": "round"}, inside);
    }
    for (const cursor of cursors) {
      if (x.log && cursor.x <= 0) continue;
      element("svg:line", {x1: px(cursor.x), x2: px(cursor.x), y1: TOP, y2: HEIGHT - BOTTOM, stroke: cursor.colour, "stroke-width": 1}, inside);
    }
    for (const point of points) {
      if ((x.log && point.x <= 0) || (y.log && point.y <= 0)) continue;
      element("svg:circle", {cx: px(point.x), cy: py(point.y), r: point.r || 4, fill: point.fill || point.colour, stroke: point.colour,
        "stroke-width": 1.6}, inside);
    }
  }

  // ---- runs

  const runs = data.runs;
  let [first, second] = [0, -1];
  let moment = 0;

  /** Index of the last entry of an ascending list that is not behind a value. */
  function before(list, value) {
    let [low, high] = [0, list.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle] <= value * (1 + 1e-12)) low = middle; else high = middle - 1;
    }
    return low;
  }

  const QUANTITIES = {
    G: {label: "Conductance (nS)", of: run => run.G},
    I: {label: "|Current| (A)", of: run => run.I.map(Math.abs), log: true},
    V: {label: "Voltage (V)", of: run => run.V},
    T: {label: "Temperature (K)", of: run => run.T},
  };

  function shown() {
    return [first, second].map((place, k) => ({run: runs[place], colour: COLOURS[k], k})).filter(entry => entry.run);
  }

  function listRuns() {
    const body = $("runs");
    body.replaceChildren();
    runs.forEach((run, place) => {
      const row = element("tr", {}, body);
      for (const [k, chosen] of [[0, first], [1, second]]) {
        const cell = element("td", {}, row);
        const box = element("input", {type: "radio", name: k ? "run-b" : "run-a", "aria-label": `${k ? "second" : "first"} run: ${run.label}`}, cell);
        box.checked = place === chosen;
        box.addEventListener("change", () => { if (k) second = place; else first = place; moment = 0; choose(); });
      }
      element("td", {}, row, run.label);
      element("td", {}, row, run.device);
      element("td", {class: "protocol"}, row, run.protocol.join("; "));
    });
    const row = element("tr", {}, body);
    element("td", {}, row);
    const cell = element("td", {}, row);
    const none = element("input", {type: "radio", name: "run-b", "aria-label": "no second run"}, cell);
    none.checked = second < 0;
    none.addEventListener("change", () => { second = -1; choose(); });
    element("td", {colspan: 3}, row, "no second run");
  }

  /** Ranges over all moments of what is shown, so that nothing jumps while the slider moves. */
  let ranges = {};
  function choose() {
    const now = shown();
    if (!now.length) return;
    const slider = $("moment");
    slider.max = now[0].run.moments.t.length - 1;
    moment = Math.min(moment, Number(slider.max));
    slider.value = moment;
    const all = key => now.flatMap(({run}) => run.moments[key]);
    const lengths = now.flatMap(({run}) => [run.moments.x]);
    ranges = {
      x: extent(lengths), band: extent([...all("band"), ...all("fermi")]), vacancies: extent(all("vacancies"), true),
      field: extent(all("field")), psi: extent(all("psi")),
    };
    ranges.x = [Math.min(...lengths.map(list => list[0])), Math.max(...lengths.map(list => list[list.length - 1]))];
    show();
  }

  function show() {
    const now = shown();
    const time = now[0].run.moments.t[moment];
    const places = now.map(({run}, k) => k ? before(run.moments.t, time) : moment);
    const length = {label: "Distance from the left contact (nm)", range: ranges.x};
    const inside = (key, name, log) => chart($(name), {
      x: length, y: {label: LABELS[key], log, range: ranges[key]},
      lines: now.map(({run, colour}, k) => ({x: key === "field" ? run.moments.xe : run.moments.x, y: run.moments[key][places[k]], colour})),
    });
    chart($("band"), {
      x: length, y: {label: "Band edge; dotted: Fermi level (eV)", range: ranges.band},
      lines: now.flatMap(({run, colour}, k) => [
        {x: run.moments.x, y: run.moments.band[places[k]], colour},
        {x: run.moments.x, y: run.moments.fermi[places[k]], colour, dash: "1 4", width: 1.5},
      ]),
    });
    inside("vacancies", "vacancies", true);
    inside("field", "field");
    inside("psi", "psi");
    drawCourse(time);
    const readings = $("readings");
    readings.replaceChildren();
    now.forEach(({run, colour}, k) => {
      const at = before(run.t, run.moments.t[places[k]]);
      const row = element("tr", {}, readings);
      element("th", {scope: "row", style: `color: ${colour}`}, row, run.label);
      const values = [[run.moments.t[places[k]], "s", "t"], [run.moments.V[places[k]], "V", "V"], [run.I[at], "A", "I"],
        [run.G[at] === null ? null : run.G[at] * 1e-9, "S", "G"], [run.moments.T[places[k]], "K", "T"]];
      for (const [value, unit, name] of values) {
        element("td", {class: "n", "data-run": k, "data-value": name}, row, engineering(value, unit));
      }
    });
    $("moment").setAttribute("aria-valuetext", engineering(time, "s"));
  }
  const LABELS = {vacancies: "Vacancies (1/cm³)", field: "Field (MV/cm)", psi: "Potential (V)"};

  function drawCourse(time) {
    const quantity = QUANTITIES[$("quantity").value];
    const isLog = $("time-axis").value === "log";
    const now = shown();
    const lines = now.map(({run, colour}) => ({x: run.t, y: quantity.of(run), colour}));
    const times = extent(lines.map(line => line.x), isLog);
    // A logarithmic axis begins no earlier than ten decades before its end.
    const range = isLog ? [Math.max(times[0], times[1] * 1e-10), times[1]] : [0, Math.max(...now.map(({run}) => run.t[run.t.length - 1])) || 1];
    chart($("course"), {
      x: {label: "Time (s)", log: isLog, range},
      y: {label: quantity.label, log: quantity.log, range: extent(lines.map(line => line.y), quantity.log)},
      lines, cursors: [{x: time, colour: "var(--ink)"}],
    });
  }

  let playing = null;
  function stop() {
    clearInterval(playing);
    playing = null;
    $("play").textContent = "Play";
  }
  if (runs !== undefined && $("moment")) {
    $("moment").addEventListener("input", () => { moment = Number($("moment").value); show(); });
    $("quantity").addEventListener("change", show);
    $("time-axis").addEventListener("change", show);
    $("play").addEventListener("click", () => {
      if (playing) return stop();
      $("play").textContent = "Pause";
      if (moment >= Number($("moment").max)) moment = -1;
      playing = setInterval(() => {
        if (moment >= Number($("moment").max)) return stop();
        $("moment").value = ++moment;
        show();
      }, 60);
    });
    listRuns();
    choose();
  }

  // ---- the compact synapse: the law that synapse.yaml states

  /** Place of a value in an ascending grid, and its share of the way to the next; borders hold beyond. */
  function place(value, grid, scale) {
    if (grid.length < 2) return [0, 0];
    let k = 0;
    while (k < grid.length - 2 && grid[k + 1] <= value) k++;
    const share = (scale(value) - scale(grid[k])) / (scale(grid[k + 1]) - scale(grid[k]));
    return [k, Math.min(Math.max(share, 0), 1)];
  }
  const same = value => value;

  /** dF (nS) of a pulse: ln dF bilinear in V and ln width. */
  function step(s, amplitude, width) {
    const [i, a] = place(amplitude, s.amplitudes, same), [j, b] = place(width, s.widths, Math.log);
    const [i1, j1] = [Math.min(i + 1, s.amplitudes.length - 1), Math.min(j + 1, s.widths.length - 1)];
    const along = row => (1 - b) * Math.log(Math.max(row[j], 1e-6)) + b * Math.log(Math.max(row[j1], 1e-6));
    return Math.exp((1 - a) * along(s.steps[i]) + a * along(s.steps[i1]));
  }
  /** tau (s) at a bias: ln tau linear between the biases of the file. */
  function decayTime(s, bias) {
    const [k, a] = place(bias, s.biases, same);
    return Math.exp((1 - a) * Math.log(s.times[k]) + a * Math.log(s.times[Math.min(k + 1, s.times.length - 1)]));
  }
  const lambda = (s, bias) => Math.exp(-s.step / decayTime(s, bias));
  const sigmoid = (s, v) => s.sigmoid.height / (1 + Math.exp(-s.sigmoid.slope * (v - s.sigmoid.centre))) + s.sigmoid.offset;

  /** Dark blue to yellow, by a share of 0 to 1. */
  function shade(share) {
    const stops = [[0, 34, 78], [62, 77, 108], [124, 123, 120], [189, 174, 108], [253, 231, 55]];
    const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1), k = Math.min(Math.floor(at), stops.length - 2);
    return `rgb(${stops[k].map((c, i) => Math.round(c + (at - k) * (stops[k + 1][i] - c))).join(",")})`;
  }

  function synapse() {
    const s = data.synapses[Number($("synapse-choice").value) || 0];
    const [amplitude, bias] = [Number($("amplitude").value), Number($("bias").value)];
    const width = Math.exp(Number($("width").value));
    const train = Math.min(Number($("train").value), s.levels.length - 1);
    const dF = step(s, amplitude, width), tau = decayTime(s, bias), weight = s.levels[train];
    const say = (id, text) => { $(id).textContent = text; };
    say("amplitude-value", amplitude.toFixed(2) + " V");
    say("width-value", engineering(width * 1e-6, "s", 3));
    say("bias-value", bias.toFixed(2) + " V");
    say("train-value", train === 0 ? "none" : String(train));
    say("dF", dF.toFixed(3) + " nS");
    say("energy", engineering(s.prefactor * 1e-12 * dF ** s.exponent, "J"));
    say("tau", engineering(tau, "s"));
    say("lambda", lambda(s, bias).toFixed(4));
    say("W", weight.toFixed(3) + " nS");
    say("G", (weight + dF).toFixed(3) + " nS");
    const t = Array.from({length: 200}, (_, k) => 1e-3 * 10 ** (5 * k / 199));
    chart($("decay"), {
      x: {label: "Time after the pulse (s)", log: true, range: [1e-3, 100]},
      y: {label: "G = W + F (nS)", range: extent([[0, weight + Math.max(...s.steps.flat()) * 1.05]])},
      lines: [{x: t, y: t.map(time => weight + dF * Math.exp(-time / tau)), colour: COLOURS[0]},
        {x: [1e-3, 100], y: [weight, weight], colour: "var(--muted)", dash: "5 4"}],
    });
    const [low, high] = [Math.min(...s.steps.flat()), Math.max(...s.steps.flat())];
    const cells = [];
    const span = (grid, k, n, log) => {
      const map = log ? Math.log : same, back = log ? Math.exp : same;
      return [k, k + 1].map(at => back(map(grid[0]) + (map(grid[grid.length - 1]) - map(grid[0])) * at / n));
    };
    for (let i = 0; i < 24; i++) {
      for (let j = 0; j < 24; j++) {
        const [y, x] = [span(s.amplitudes, i, 24, false), span(s.widths, j, 24, true)];
        const value = step(s, (y[0] + y[1]) / 2, Math.sqrt(x[0] * x[1]));
        cells.push({x, y, fill: shade(Math.log(value / low) / Math.log(high / low))});
      }
    }
    chart($("map"), {
      x: {label: `Width (µs); ΔF from ${low.toPrecision(2)} (dark) to ${high.toPrecision(3)} nS`, log: true, range: [s.widths[0], s.widths[s.widths.length - 1]]},
      y: {label: "Amplitude (V)", range: [s.amplitudes[0], s.amplitudes[s.amplitudes.length - 1]]},
      lines: [], cells, points: [{x: width, y: amplitude, colour: "#ffffff", fill: "#d55e00", r: 6}],
    });
    const v = Array.from({length: 121}, (_, k) => s.biases[0] + (s.biases[s.biases.length - 1] - s.biases[0]) * k / 120);
    chart($("lambda-curve"), {
      x: {label: "Bias (V)", range: extent([s.biases])}, y: {label: `Λ per ${s.step} s; dashed: sigmoid`, range: [0, 1]},
      lines: [{x: v, y: v.map(bias => lambda(s, bias)), colour: COLOURS[0]},
        {x: v, y: v.map(bias => sigmoid(s, bias)), colour: "var(--muted)", dash: "5 4"}],
      points: [...s.biases.map(b => ({x: b, y: lambda(s, b), colour: COLOURS[0], fill: "var(--page)", r: 3})),
        {x: bias, y: lambda(s, bias), colour: "#d55e00", r: 6}],
    });
  }

  function setSynapse() {
    const s = data.synapses[Number($("synapse-choice").value) || 0];
    const set = (id, low, high, value, step) => Object.assign($(id), {min: low, max: high, step, value});
    const end = list => list[list.length - 1];
    set("amplitude", s.amplitudes[0], end(s.amplitudes), Math.min(3, end(s.amplitudes)), 0.01);
    set("width", Math.log(s.widths[0]), Math.log(end(s.widths)), Math.log(Math.min(100, end(s.widths))), "any");
    set("bias", s.biases[0], end(s.biases), s.read, 0.01);
    set("train", 0, s.levels.length - 1, 0, 1);
    synapse();
  }
  if (data.synapses.length) {
    data.synapses.forEach((s, k) => element("option", {value: k}, $("synapse-choice"), s.label));
    for (const id of ["amplitude", "width", "bias", "train"]) $(id).addEventListener("input", synapse);
    $("synapse-choice").addEventListener("change", setSynapse);
    setSynapse();
  }

  // ---- the solver behind the page, where there is one

  const form = $("live");
  if (form) {
    let waiting = null, request = null, count = 0, shownBody = null, files = null;
    const lines = id => $(id).value.split("\n").map(line => line.trim()).filter(line => line);
    const ask = (body, signal) => fetch("/run", {
      method: "POST", headers: {"Content-Type": "application/json"}, signal, body: JSON.stringify(body),
    }).then(answer => answer.json());

    /** Links to the files of the run that is shown, which is made once more when the first of them is wanted. */
    for (const name of ["trace.csv", "profiles.csv", "device.yaml", "protocol.yaml"]) {
      const link = element("button", {type: "button"}, $("downloads"), name);
      link.addEventListener("click", async () => {
        if (!shownBody) return;
        try {
          files = files || (await ask({...shownBody, files: true})).files;
          const url = URL.createObjectURL(new Blob([files[name]], {type: name.endsWith(".csv") ? "text/csv" : "application/yaml"}));
          const save = element("a", {href: url, download: name});
          save.click();
          setTimeout(() => URL.revokeObjectURL(url), 1000);
        } catch (error) {
          $("message").textContent = "no answer from the solver: " + error.message;
        }
      });
    }

    async function solve() {
      if (request) request.abort();
      const mine = request = new AbortController();
      const [start, message] = [performance.now(), $("message")];
      form.dataset.state = "running";
      try {
        const body = {
          device: $("device").value, set: lines("set"), sentences: lines("sentences"), base_state: $("base-state").checked,
        };
        const result = await ask(body, mine.signal);
        if (mine !== request) return;
        if (result.error) {
          form.dataset.state = "failed";
          message.textContent = result.error;
          return;
        }
        const run = result.run;
        run.label = `live ${++count}`;
        runs.push(run);
        if (runs.length > 12) runs.splice(runs.findIndex(r => r.label.startsWith("live ")), 1);
        const held = first < runs.length - 1 ? first : -1;
        first = runs.length - 1;
        second = $("keep").checked ? held : -1;
        moment = run.moments.t.length - 1;
        [shownBody, files] = [body, null];
        message.textContent = (result.note ? result.note + " " : "")
          + `${result.steps} steps in ${engineering(result.seconds, "s", 3)}; shown after ${engineering((performance.now() - start) / 1e3, "s", 3)}`;
        form.dataset.state = result.note ? "stopped" : "done";
        listRuns();
        choose();
      } catch (error) {
        if (error.name === "AbortError") return;
        form.dataset.state = "failed";
        message.textContent = "no answer from the solver: " + error.message;
      }
    }

    form.addEventListener("submit", event => { event.preventDefault(); solve(); });
    for (const id of ["set", "sentences", "device", "base-state"]) {
      $(id).addEventListener("input", () => {
        clearTimeout(waiting);
        if ($("as-i-type").checked) waiting = setTimeout(solve, 250);
      });
    }
    $("parameter").addEventListener("change", () => {
      const chosen = $("parameter").value;
      if (chosen) $("set").value = [...lines("set").filter(line => line.split("=")[0] !== chosen.split("=")[0]), chosen].join("\n");
      $("parameter").value = "";
    });
    solve();
  }
  document.body.dataset.ready = "yes";
})();
