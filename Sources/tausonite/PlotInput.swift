import CompactModel
import Essentials
import Foundation
import Report
import Simulation

/// Reads what `tausonite plot` draws.
enum PlotInput {
    /// The file's name without its ending; with its folder where another file has the same name.
    static func label(_ path: String, among paths: [String]) -> String {
        func bare(_ path: String) -> String {
            let name = path.namePart
            let ending = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil }
            return String(name[..<(ending ?? name.endIndex)])
        }
        return paths.filter { bare($0) == bare(path) }.count == 1 ? bare(path) : path
    }

    /// A trace with the profiles beside it, a table of profiles, the JSON file of a trace, or a synapse; throws `InputError`.
    static func load(_ path: String, label: String) throws(InputError) -> PlotRun {
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
            return PlotRun(label: label, source: path, synapse: try SynapseModel.load(path: path))
        }
        if path.hasSuffix(".json") {
            guard let record = try? JSONDecoder().decode(RunRecord.self, from: AtomicFile.read(path)) else {
                throw InputError(
                    path, problem: "is not the side file of a trace", expected: "a .json file that simulate wrote, or its .csv")
            }
            let table = OutputPath.beside(path, "csv")
            let trace = FileManager.default.fileExists(atPath: table) ? try Table.load(path: table) : nil
            return PlotRun(label: label, source: path, trace: trace, profiles: record.profiles ?? [])
        }
        let table = try Table.load(path: path)
        try table.requireRows()
        if table.columns.contains("x_nm") {
            return PlotRun(label: label, source: path, profiles: try RunRecord.Profile.load(table))
        }
        guard table.columns.contains("time_s") else {
            throw InputError(
                "time_s", problem: "is not among the columns", expected: "time_s beside voltage_V, current_A or conductance_nS",
                source: path)
        }
        return PlotRun(label: label, source: path, trace: table, profiles: try profiles(beside: path))
    }

    /// Those in `trace.profiles.csv`; none where it is not there.
    private static func profiles(beside path: String) throws(InputError) -> [RunRecord.Profile] {
        let beside = OutputPath.beside(path, "profiles.csv")
        guard !AtomicFile.isStream(path), FileManager.default.fileExists(atPath: beside) else { return [] }
        return try RunRecord.Profile.load(try Table.load(path: beside))
    }
}
