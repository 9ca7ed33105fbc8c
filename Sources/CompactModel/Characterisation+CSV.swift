import Essentials

extension Characterisation {
    /// The campaign's data as tables, one per figure, units in the names of the columns.
    public var tables: [(name: String, table: Table)] {
        [
            ("fig2a-loops", loopTable), ("fig2c-train", trainTable), ("fig2d-course", courseTable),
            ("fig2e-pulses", pulseTable), ("fig2f-levels", levelTable), ("fig3abc-pulses", cellTable),
            ("fig3d-decays", decayTable), ("fig3e-tau", timeConstantTable),
        ] + (mechanism == nil ? [] : [("fig2b-profiles", profileTable), ("read-resistance", resistanceTable)])
            + (probes.decays.isEmpty ? [] : [("decay-by-pulse", decayTimeTable)])
    }

    /// Writes every table into `folder` as CSV, each file whole or not at all.
    public func saveTables(in folder: String) throws(InputError) {
        for (name, table) in tables { try table.save(path: "\(folder)/\(name).csv") }
    }

    private var loopTable: Table {
        Table(
            loops.flatMap { loop in zip(loop.voltage, loop.current).map { (cycle: loop.cycle, voltage: $0, current: $1) } },
            columns: [("cycle", { $0.cycle }), ("voltage_V", { $0.voltage }), ("current_A", { $0.current })])
    }

    private var trainTable: Table {
        func phase(_ train: Int, _ name: String, _ points: [Point]) -> [(train: Int, phase: String, point: Point)] {
            points.map { (train, name, $0) }
        }
        return Table(
            trains.flatMap { phase($0.train, "pulse", $0.course) + phase($0.train, "wait_0V", $0.wait) }
                + phase(trains.count, "retention_0V", retention),
            columns: [
                ("train", { $0.train }), ("phase", { $0.phase }), ("time_s", { $0.point.time }),
                ("conductance_nS", { $0.point.value * 1e9 }),
            ])
    }

    private var courseTable: Table {
        Table(shortTerm.course, columns: [("time_s", { $0.time }), ("conductance_nS", { $0.value * 1e9 })])
    }

    private var pulseTable: Table {
        Table(
            shortTerm.pulses,
            columns: [
                ("time_s", { $0.time }), ("amplitude_V", { $0.amplitude }), ("width_us", { $0.width * 1e6 }),
                ("delta_F_nS", { $0.deltaConductance * 1e9 }),
            ])
    }

    private var levelTable: Table {
        Table(
            trains,
            columns: [
                ("train", { $0.train }), ("after_train_nS", { $0.afterTrain * 1e9 }), ("read_1s_nS", { $0.read1s * 1e9 }),
                ("read_100s_nS", { $0.read100s * 1e9 }), ("read_375s_nS", { $0.read375s * 1e9 }),
                ("peak_temperature_K", { $0.peakTemperature }), ("train_energy_nJ", { $0.energy * 1e9 }),
            ])
    }

    private var cellTable: Table {
        struct Pulse { let amplitude, width, delta, energy, temperature: Double, number: Int }
        let pulses = map.flatMap { cell in
            cell.deltaConductance.indices.map { index in
                Pulse(
                    amplitude: cell.amplitude, width: cell.width * 1e6, delta: cell.deltaConductance[index] * 1e9,
                    energy: cell.energy[index] * 1e12, temperature: cell.peakTemperature[index], number: index + 1)
            }
        }
        return Table(
            pulses,
            columns: [
                ("amplitude_V", { $0.amplitude }), ("width_us", { $0.width }), ("repeat", { $0.number }),
                ("delta_F_nS", { $0.delta }), ("energy_pJ", { $0.energy }), ("peak_temperature_K", { $0.temperature }),
            ])
    }

    private var decayTable: Table {
        Table(
            decays.flatMap { run in run.course.map { (bias: run.bias, point: $0) } },
            columns: [
                ("bias_V", { $0.bias }), ("time_s", { $0.point.time }), ("short_term_weight_nS", { $0.point.value * 1e9 }),
            ])
    }

    private var timeConstantTable: Table {
        Table(
            decays,
            columns: [
                ("bias_V", { $0.bias }), ("tau_s", { $0.tau }), ("fit_rms", { $0.residual }),
                ("held_conductance_nS", { $0.before * 1e9 }),
            ])
    }
}
