import Essentials
import Foundation

extension Characterisation {
    /// The campaign's data as CSV tables, one per figure, units in the headers: name and text.
    public var tables: [(name: String, csv: String)] {
        func row(_ values: [Double]) -> String { values.map { String(format: "%.9g", $0) }.joined(separator: ",") + "\n" }
        var loopsText = "cycle,voltage_V,current_A\n"
        for loop in loops {
            for (v, i) in zip(loop.voltage, loop.current) { loopsText += row([Double(loop.cycle), v, i]) }
        }
        var trainText = "train,phase,time_s,conductance_nS\n"
        for run in trains {
            for p in run.course { trainText += "\(run.train),pulse," + row([p.time, p.value * 1e9]) }
            for p in run.wait { trainText += "\(run.train),wait_0V," + row([p.time, p.value * 1e9]) }
        }
        for p in retention { trainText += "\(trains.count),retention_0V," + row([p.time, p.value * 1e9]) }
        var short = "time_s,conductance_nS\n"
        for p in shortTerm.course { short += row([p.time, p.value * 1e9]) }
        var pulses = "time_s,amplitude_V,width_us,delta_F_nS\n"
        for p in shortTerm.pulses { pulses += row([p.time, p.amplitude, p.width * 1e6, p.deltaConductance * 1e9]) }
        var levels = "train,after_train_nS,read_1s_nS,read_100s_nS,read_375s_nS,peak_temperature_K,train_energy_nJ\n"
        for t in trains {
            levels += row([
                Double(t.train), t.afterTrain * 1e9, t.read1s * 1e9, t.read100s * 1e9, t.read375s * 1e9, t.peakTemperature,
                t.energy * 1e9,
            ])
        }
        var cells = "amplitude_V,width_us,repeat,delta_F_nS,energy_pJ,peak_temperature_K\n"
        for cell in map {
            for k in cell.deltaConductance.indices {
                cells += row([
                    cell.amplitude, cell.width * 1e6, Double(k + 1), cell.deltaConductance[k] * 1e9, cell.energy[k] * 1e12,
                    cell.peakTemperature[k],
                ])
            }
        }
        var decay = "bias_V,time_s,short_term_weight_nS\n"
        for run in decays { for p in run.course { decay += row([run.bias, p.time, p.value * 1e9]) } }
        var taus = "bias_V,tau_s,fit_rms,held_conductance_nS\n"
        for run in decays { taus += row([run.bias, run.tau, run.residual, run.before * 1e9]) }
        return [
            ("fig2a-loops", loopsText), ("fig2c-train", trainText), ("fig2d-course", short), ("fig2e-pulses", pulses),
            ("fig2f-levels", levels), ("fig3abc-pulses", cells), ("fig3d-decays", decay), ("fig3e-tau", taus),
        ]
    }

    /// Writes every table into `folder`, each file whole or not at all.
    public func saveTables(in folder: String) throws {
        for table in tables { try AtomicFile.write(table.csv, to: "\(folder)/\(table.name).csv") }
    }
}
