// Plays a filmed game: the screen, the score, G and dF of one synapse, and the mean |F| of every unit.
// For each data block of class "film-data" it fills the element whose id its data-for names.
(() => {
"use strict";
const KEY = 256;         // a whole screen is kept every so many steps
const WINDOW = 10;       // seconds that the curves show
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function make(name, className, parent, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

const grouped = number => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const clock = seconds => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

async function inflated(text) {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser has no DecompressionStream");
  const packed = Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The sections of the film's bytes as arrays; see PackedFilm.swift.
function unpacked(film, bytes) {
  const {steps, units} = film;
  const part = {};
  let at = 0;
  for (const [name, length] of film.sections) {
    part[name] = bytes.subarray(at, at + length);
    at += length;
  }
  if (at !== bytes.length) throw new Error("the film is cut off");
  const weight = new Float32Array(steps), deltaF = new Float32Array(steps);
  const [low, high] = film.weight;
  for (let k = 0; k < steps; k++) {
    weight[k] = low + (high - low) * (part.weight[2 * k] + 256 * part.weight[2 * k + 1]) / 65535;
    deltaF[k] = film.deltaFStep * ((part.deltaF[2 * k] + 256 * part.deltaF[2 * k + 1]) << 16 >> 16);
  }
  const plastic = new Uint8Array(steps * units);
  for (let unit = 0; unit < units; unit++) {
    let value = 0;
    for (let k = 0; k < steps; k++) {
      value = (value + part.plastic[unit * steps + k]) & 255;
      plastic[k * units + unit] = value;
    }
  }
  return {changes: part.changes, weight, deltaF, plastic};
}

// Any screen: from the whole screen before it, by the changes since.
function projector(film, changes) {
  const screen = new Uint8Array(film.width * film.height);
  const starts = new Uint32Array(film.steps + 1);
  const keys = [];
  let at = 0, shown = -1;
  function number() {
    let value = 0, shift = 0;
    for (;;) {
      const byte = changes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }
  function apply() {
    let pixel = 0;
    for (let runs = number(); runs > 0; runs--) {
      pixel += number();
      const end = pixel + number();
      screen.fill(changes[at++], pixel, end);
      pixel = end;
    }
  }
  for (let k = 0; k < film.steps; k++) {
    starts[k] = at;
    apply();
    if (k % KEY === 0) keys.push(screen.slice());
  }
  starts[film.steps] = at;
  if (at !== changes.length) throw new Error("the film's screens are cut off");
  shown = film.steps - 1;
  return step => {
    if (step < shown || step - shown > KEY) {
      shown = Math.floor(step / KEY) * KEY;
      screen.set(keys[shown / KEY]);
    }
    while (shown < step) {
      at = starts[++shown];
      apply();
    }
    return screen;
  };
}

// Two to five round numbers between low and high.
function ticks(low, high) {
  const room = (high - low) / 2 || 1;
  const power = 10 ** Math.floor(Math.log10(room));
  const step = [5, 2, 1].map(m => m * power).find(s => s <= room * (1 + 1e-9)) || power;
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) out.push(k * step);
  return out;
}

// Between the stops of a ramp of "#rrggbb" colours, value 0 ... 1.
function ramp(stops, value) {
  const at = Math.min(Math.max(value, 0), 1) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  const channel = (text, i) => parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16);
  return "rgb(" + [0, 1, 2].map(i =>
    Math.round(channel(stops[k], i) + (channel(stops[k + 1], i) - channel(stops[k], i)) * (at - k))).join(",") + ")";
}

// A canvas as sharp as the display, drawn in CSS pixels.
function sharp(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = getComputedStyle(canvas).font;
  return {context, width, height};
}

async function start(place, film) {
  place.textContent = "";
  const waiting = make("p", "film-note", place, "Unpacking the game ...");
  const data = unpacked(film, await inflated(film.data));
  const screenAt = projector(film, data.changes);
  waiting.remove();
  const {steps, units} = film;
  const seconds = film.frameSkip / film.framesPerSecond;
  const made = new Int8Array(steps);
  for (const [step, reward] of film.points) made[step] += reward;
  const scores = new Uint16Array(2 * steps);
  for (let k = 0, ours = 0, theirs = 0; k < steps; k++) {
    if (made[k] > 0) ours += made[k]; else theirs -= made[k];
    scores[2 * k] = ours;
    scores[2 * k + 1] = theirs;
  }
  const largest = data.deltaF.reduce((most, value) => Math.max(most, Math.abs(value)), film.deltaFStep);

  // The parts of the player.
  const left = make("div", "film-left", place);
  const screen = make("canvas", "film-screen", left);
  [screen.width, screen.height] = [film.width, film.height];
  screen.setAttribute("role", "img");
  screen.setAttribute("aria-label", "The game's screen");
  const right = make("div", "film-right", place);
  const score = make("p", "film-score", right);
  make("span", "", score, "Opponent ");
  const theirs = make("b", "", score);
  make("i", "", score, " : ");
  const ours = make("b", "film-ours", score);
  make("span", "film-ours", score, " Agent");
  const weightTitle = make("p", "film-title", right);
  const weight = make("canvas", "film-curve", right);
  const updateTitle = make("p", "film-title", right);
  const updates = make("canvas", "film-curve film-low", right);
  const mapTitle = make("p", "film-title", right, `Mean |F| of the ${units} units (unitless)`);
  const mapRow = make("div", "film-map-row", right);
  const map = make("canvas", "film-map", mapRow);
  const scale = make("canvas", "film-scale", mapRow);
  const under = make("output", "film-under", mapRow);
  const controls = make("div", "film-controls", place);
  const play = make("button", "film-play", controls);
  play.type = "button";
  const earlier = make("button", "", controls, "◀ point");
  const later = make("button", "", controls, "point ▶");
  earlier.type = later.type = "button";
  const label = make("label", "", controls, "speed ");
  const speed = make("select", "film-speed", label);
  for (const value of SPEEDS) {
    const option = make("option", "", speed, `${value} ×`);
    option.value = value;
    option.selected = value === 1;
  }
  const time = make("output", "film-time", controls);
  const slider = make("input", "film-slider", place);
  Object.assign(slider, {type: "range", min: 0, max: steps - 1, step: 1, value: 0});
  slider.setAttribute("aria-label", "Step of the game");
  const marks = make("canvas", "film-marks", place);
  marks.setAttribute("role", "img");
  marks.setAttribute("aria-label", "When points were made: up by the agent, down by its opponent");

  const pen = screen.getContext("2d");
  const image = pen.createImageData(film.width, film.height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = new Uint32Array(256).fill(0xff000000);
  for (const [index, colour] of Object.entries(film.colours)) {
    const [r, g, b] = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
    colours[index] = 0xff000000 | b << 16 | g << 8 | r;
  }
  let now = 0, playing = false, due = 0, before = 0, hovered = -1;
  const theme = () => film.themes[dark.matches ? "dark" : "light"];
  const stops = () => {
    const t = theme();
    return dark.matches ? [t["@band"], t["@a4"], t["@a3"], t["@a2"], t["@a1"]] : [t["@band"], t["@a1"], t["@a2"], t["@a3"], t["@a4"]];
  };

  function curve(canvas, low, high, paint) {
    const {context, width, height} = sharp(canvas);
    const t = theme();
    const [x0, x1, y0, y1] = [44, width - 6, height - 18, 6];
    const span = WINDOW / seconds;
    const x = step => x1 + (step - now) / span * (x1 - x0);
    const y = value => y0 + (value - low) / (high - low || 1) * (y1 - y0);
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const tick of ticks(low, high)) {
      context.strokeStyle = t["@grid"];
      context.beginPath();
      context.moveTo(x0, y(tick));
      context.lineTo(x1, y(tick));
      context.stroke();
      context.fillStyle = t["@muted"];
      context.fillText(String(+tick.toPrecision(3)).replace("-", "−"), x0 - 6, y(tick));
    }
    context.textBaseline = "bottom";
    context.textAlign = "left";
    context.fillText(`${WINDOW} s ago`, x0, height);
    context.textAlign = "right";
    context.fillText("now", x1, height);
    context.save();
    context.beginPath();
    context.rect(x0, 0, x1 - x0 + 4, height);
    context.clip();
    paint(context, t, x, y, Math.max(0, Math.floor(now - span)));
    context.restore();
  }

  function draw() {
    const indices = screenAt(now);
    for (let k = 0; k < pixels.length; k++) pixels[k] = colours[indices[k]];
    pen.putImageData(image, 0, 0);
    ours.textContent = scores[2 * now];
    theirs.textContent = scores[2 * now + 1];
    time.textContent = `${clock(now * seconds)} of ${clock((steps - 1) * seconds)}, step ${grouped(now + 1)} of ${grouped(steps)}`;
    slider.value = now;
    place.dataset.step = now;
    weightTitle.textContent = `G = W + F of the synapse with the largest dF: ${data.weight[now].toFixed(2).replace("-", "−")} (unitless)`;
    updateTitle.textContent = `Its dF: ${String(data.deltaF[now]).replace("-", "−")}`;
    const [low, high] = film.weight;
    curve(weight, low, high, (context, t, x, y, first) => {
      context.strokeStyle = t["@ours"];
      context.lineWidth = 1.6;
      context.beginPath();
      for (let k = first; k <= now; k++) context.lineTo(x(k), y(data.weight[k]));
      context.stroke();
      context.fillStyle = t["@ours"];
      context.beginPath();
      context.arc(x(now), y(data.weight[now]), 3, 0, 7);
      context.fill();
    });
    curve(updates, -largest, largest, (context, t, x, y, first) => {
      const bar = Math.max(1, Math.min(4, x(1) - x(0)));
      context.fillStyle = t["@second"];
      for (let k = first; k <= now; k++) {
        if (data.deltaF[k] !== 0) context.fillRect(x(k) - bar / 2, Math.min(y(0), y(data.deltaF[k])), bar, Math.abs(y(data.deltaF[k]) - y(0)));
      }
    });
    drawMap();
  }

  const columns = Math.ceil(Math.sqrt(units));
  function drawMap() {
    const {context, width} = sharp(map);
    const side = width / columns;
    const colour = stops();
    for (let unit = 0; unit < units; unit++) {
      context.fillStyle = ramp(colour, data.plastic[now * units + unit] / film.plasticLevels);
      context.fillRect(unit % columns * side + .5, Math.floor(unit / columns) * side + .5, side - 1, side - 1);
    }
    context.strokeStyle = theme()["@ink"];
    context.lineWidth = 1.5;
    for (const unit of new Set([film.unit, hovered])) {
      if (unit >= 0) context.strokeRect(unit % columns * side + 1, Math.floor(unit / columns) * side + 1, side - 2, side - 2);
    }
    const unit = hovered >= 0 ? hovered : film.unit;
    const value = data.plastic[now * units + unit] / film.plasticLevels * film.plasticMaximum;
    under.textContent = `unit ${unit}${unit === film.unit ? ", that of the synapse above (framed)" : ""}: mean |F| = ${+value.toPrecision(2)}`;
  }

  function drawScale() {
    const {context, width, height} = sharp(scale);
    const colour = stops();
    const bar = height - 12;
    for (let k = 0; k < bar; k++) {
      context.fillStyle = ramp(colour, 1 - k / (bar - 1));
      context.fillRect(0, 6 + k, 12, 1.5);
    }
    context.fillStyle = theme()["@muted"];
    context.textBaseline = "middle";
    context.fillText(String(+film.plasticMaximum.toPrecision(3)), 17, 7);
    context.fillText("0", 17, height - 7);
  }

  function drawMarks() {
    const {context, width, height} = sharp(marks);
    const t = theme();
    const inset = 8;  // half the slider's thumb
    const x = step => inset + step / Math.max(steps - 1, 1) * (width - 2 * inset);
    context.fillStyle = t["@grid"];
    context.fillRect(inset, height / 2 - .5, width - 2 * inset, 1);
    for (const [step, reward] of film.points) {
      context.fillStyle = t[reward > 0 ? "@ours" : "@second"];
      context.fillRect(x(step) - 1, reward > 0 ? 0 : height / 2, 2, height / 2);
    }
  }

  function show(step) {
    now = Math.min(Math.max(Math.round(step), 0), steps - 1);
    draw();
  }

  function setPlaying(value) {
    playing = value;
    play.textContent = playing ? "❚❚ Pause" : "▶ Play";
    place.dataset.playing = playing;
    if (playing) {
      if (now === steps - 1) show(0);
      due = now;
      before = performance.now();
      requestAnimationFrame(tick);
    }
  }

  function tick(moment) {
    if (!playing) return;
    due += Math.max(0, moment - before) / 1000 * Number(speed.value) / seconds;
    before = moment;
    if (Math.floor(due) > now) show(Math.floor(due));
    if (now >= steps - 1) setPlaying(false); else requestAnimationFrame(tick);
  }

  function goTo(step) {
    show(step);
    due = now;
  }

  play.addEventListener("click", () => setPlaying(!playing));
  slider.addEventListener("input", () => goTo(Number(slider.value)));
  // A second before a point, so that the rally's end is seen.
  const lead = Math.round(1 / seconds);
  later.addEventListener("click", () => goTo((film.points.map(p => p[0] - lead).find(step => step > now)) ?? steps - 1));
  earlier.addEventListener("click", () => goTo((film.points.map(p => p[0] - lead).findLast(step => step < now - lead / 2)) ?? 0));
  place.tabIndex = 0;
  place.addEventListener("keydown", event => {
    if (event.key !== " " || event.target !== place) return;
    event.preventDefault();
    setPlaying(!playing);
  });
  map.addEventListener("mousemove", event => {
    const box = map.getBoundingClientRect();
    const unit = Math.floor((event.clientY - box.top) / box.width * columns) * columns
      + Math.floor((event.clientX - box.left) / box.width * columns);
    hovered = unit >= 0 && unit < units ? unit : -1;
    drawMap();
  });
  map.addEventListener("mouseleave", () => {
    hovered = -1;
    drawMap();
  });
  map.style.aspectRatio = `${columns} / ${Math.ceil(units / columns)}`;
  const drawAll = () => {
    draw();
    drawScale();
    drawMarks();
  };
  dark.addEventListener("change", drawAll);
  new ResizeObserver(drawAll).observe(place);
  setPlaying(false);
  show(0);
  drawAll();
  place.dataset.state = "ready";
}

for (const node of document.querySelectorAll("script.film-data")) {
  const place = document.getElementById(node.dataset.for);
  start(place, JSON.parse(node.textContent)).catch(error => {
    place.textContent = "";
    place.dataset.state = "failed";
    make("p", "film-note", place, `The game cannot be played here (${error.message}).`);
  });
}
})();
