import Tausonite

let device = try DeviceDescription.setP.setting(["area=20000 nm2"])
let simulator = try DeviceSimulator(device.device)
try simulator.run(Experiment.baseStateSteps)
let before = try simulator.read()
let trace = try simulator.run(Step.parse("Pulse 3 V for 100 us from 0.6 V; Hold 0.6 V for 2 ms"))
let step = try simulator.read() - before
print("G \(before * 1e9) nS, dF \(step * 1e9) nS, \(trace.pulseEnergy * 1e12) pJ")
