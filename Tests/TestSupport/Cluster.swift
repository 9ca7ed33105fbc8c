import Foundation

/// What runs many processes at once, for tests that are skipped where it is not there.
package enum Cluster {
    /// What is missing for mpirun, nil where nothing is.
    package static let missingMPI: String? = {
        guard let outcome = try? shell("mpirun -n 1 --oversubscribe true") else { return "bash" }
        return outcome.code == 0 ? nil : "mpirun (Debian: openmpi-bin; Scripts/setup.sh --tests installs it)"
    }()

    /// What is missing for a Slurm of one node, nil where nothing is.
    package static let missingSlurm: String? = {
        guard let outcome = try? slurm([]) else { return "python3" }
        return outcome.code == 0 ? nil : outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// Runs a line of a shell; what it printed, both streams together.
    package static func shell(_ line: String, in folder: URL? = nil) throws -> (code: Int32, text: String) {
        try run("/bin/bash", ["-c", line], in: folder)
    }

    /// Runs a command under a Slurm of its own (`Tests/Cluster/slurm.py`), which is stopped afterwards.
    package static func slurm(_ arguments: [String], in folder: URL? = nil) throws -> (code: Int32, text: String) {
        try run("/usr/bin/env", ["python3", "-B", Repository.path("Tests/Cluster/slurm.py")] + arguments, in: folder)
    }

    private static func run(_ program: String, _ arguments: [String], in folder: URL?) throws -> (code: Int32, text: String) {
        // mpirun asks twice before it runs as root.
        try Subprocess.run(
            program, arguments, in: folder,
            environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
    }
}
