import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// What a caller sees of a run: names of the columns, and everything that is no column.
struct RunAnswer: Encodable {
    struct Inside: Encodable {
        var time_s, voltage_V, temperature_K: Double
        var label: String
        var nodes, edges: [String]
        var sheets_per_m2: [String: Double]
    }
    struct Stopped: Encodable {
        var sentence, reason: String
        var time_s, voltage_V, temperature_K, current_A: Double
        var is_electroforming, is_interrupted: Bool
    }

    var device, protocol_yaml: String
    var read_voltage_V: Double
    var samples, pulses, reads, marks: [String]
    var events: [String]
    var profiles: [Inside]
    var missed_profiles, saved, remarks: [String]
    var pulse_count, read_count, mark_count: Int
    var pulse_energy_pJ, series_energy_pJ: Double
    var statistics: Trace.Statistics
    var stopped: Stopped?

    typealias Column = (name: String, values: [Double])

    static func handle(_ run: Run) throws -> Handle {
        let (trace, record) = (run.trace, run.record)
        let tables: [String: [Column]] = [
            "samples": trace.numbers, "pulses": pulses(record), "reads": reads(record), "marks": marks(record),
        ]
        func names(_ table: String) -> [String] { tables[table]?.map(\.name) ?? [] }
        let insides = (record.profiles ?? []).map { (profile: $0, columns: inside($0)) }
        let answer = RunAnswer(
            device: run.description.name, protocol_yaml: run.experiment.yaml, read_voltage_V: run.experiment.readVoltage,
            samples: names("samples"), pulses: names("pulses"), reads: names("reads"), marks: names("marks"),
            events: trace.marks.map(\.event),
            profiles: insides.map {
                Inside(
                    time_s: $0.profile.time_s, voltage_V: $0.profile.voltage_V, temperature_K: $0.profile.temperature_K,
                    label: $0.profile.label, nodes: $0.columns.nodes.map(\.name), edges: $0.columns.edges.map(\.name),
                    sheets_per_m2: $0.profile.sheets_per_m2)
            },
            missed_profiles: run.missed, saved: trace.saved.keys.sorted(), remarks: run.experiment.remarks,
            pulse_count: trace.pulseCount, read_count: trace.readCount, mark_count: trace.markCount,
            pulse_energy_pJ: trace.pulseEnergy * 1e12, series_energy_pJ: trace.seriesEnergy * 1e12,
            statistics: trace.statistics,
            stopped: trace.stopped.map { stopped($0, run) })
        let named = tables.flatMap { table, columns in columns.map { ("\(table)/\($0.name)", $0.values) } }
        let inner = insides.enumerated().flatMap { number, inside in
            inside.columns.nodes.map { ("profiles/\(number)/nodes/\($0.name)", $0.values) }
                + inside.columns.edges.map { ("profiles/\(number)/edges/\($0.name)", $0.values) }
        }
        return Handle(run, text: try Answer.json(answer), columns: named + inner)
    }

    private static func pulses(_ record: RunRecord) -> [Column] {
        [
            ("start_s", record.pulses.map(\.start_s)), ("end_s", record.pulses.map(\.end_s)),
            ("amplitude_V", record.pulses.map(\.amplitude_V)), ("energy_pJ", record.pulses.map(\.energy_pJ)),
            ("peak_temperature_K", record.pulses.map(\.peak_temperature_K)),
            ("end_current_A", record.pulses.map(\.end_current_A)),
            ("series_energy_pJ", record.pulses.map { $0.series_energy_pJ ?? 0 }),
        ]
    }

    private static func reads(_ record: RunRecord) -> [Column] {
        [
            ("time_s", record.reads.map(\.time_s)), ("voltage_V", record.reads.map(\.voltage_V)),
            ("conductance_nS", record.reads.map(\.conductance_nS)), ("step", record.reads.map { Double($0.step) }),
        ]
    }

    private static func marks(_ record: RunRecord) -> [Column] {
        let marks = record.marks ?? []
        return [
            ("time_s", marks.map(\.time_s)), ("voltage_V", marks.map(\.voltage_V)), ("step", marks.map { Double($0.step) }),
        ]
    }

    private static func inside(_ p: RunRecord.Profile) -> (nodes: [Column], edges: [Column]) {
        let nodes: [Column] = [
            ("x_nm", p.x_nm), ("psi_V", p.psi_V), ("band_edge_eV", p.band_edge_eV), ("fermi_level_eV", p.fermi_level_eV),
            ("electrons_per_m3", p.electrons_per_m3), ("vacancies_per_m3", p.vacancies_per_m3),
            ("charge_C_per_m3", p.charge_C_per_m3),
        ]
        let edges: [Column] = [
            ("edge_x_nm", p.edge_x_nm), ("field_V_per_m", p.field_V_per_m),
            ("vacancy_flux_per_m2_s", p.vacancy_flux_per_m2_s), ("electron_flux_per_m2_s", p.electron_flux_per_m2_s),
        ]
        // A device without a quasi-Fermi level has none of these columns.
        return (nodes.filter { !$0.values.isEmpty }, edges.filter { !$0.values.isEmpty })
    }

    private static func stopped(_ stop: Trace.Stop, _ run: Run) -> Stopped {
        Stopped(
            sentence: stop.sentence(below: run.description.device.maximumTemperature), reason: stop.reason,
            time_s: stop.time, voltage_V: stop.voltage, temperature_K: stop.temperature, current_A: stop.current,
            is_electroforming: stop.isElectroforming, is_interrupted: stop.cause == .interrupted)
    }
}
