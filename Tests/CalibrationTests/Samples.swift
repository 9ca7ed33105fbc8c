import Calibration
import Foundation
import TestSupport
import Validation

/// Files of the repository that the tests read.
enum Samples {
    static let repository = Repository.root.path

    static func paperTargets() throws -> CalibrationTargets {
        try CalibrationTargets.load(
            path: repository + "/Validation/calibration-targets.yaml",
            paper: PaperNumbers.load(path: repository + "/Validation/weilenmann2024.yaml"))
    }
}
