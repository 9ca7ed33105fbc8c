// swift-tools-version: 6.2
import PackageDescription

// The house, ground floor first: a target imports only targets on lower floors (see Docs/architecture.md).
// The compiler enforces it, because a target can import only what its `dependencies` name.

let optimised: [SwiftSetting] = [
    .enableUpcomingFeature("MemberImportVisibility")
]

// The initialisers that trap where a floating-point number does not fit an integer are hidden by deprecated ones
// (Essentials/CheckedInteger.swift); their use in a source file is an error.
let checked: [SwiftSetting] = [.treatWarning("DeprecatedDeclaration", as: .error)]

// Where a solver's inner loops are: exclusive access to stored properties is checked in debug builds, not in each Newton correction.
let inner: [SwiftSetting] = optimised + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

// Readers under libFuzzer (`make fuzzers`): the rooms are then compiled with its counters, and one more program is built.
let fuzzes = Context.environment["TAUSONITE_FUZZERS"] != nil
let counted: [SwiftSetting] = fuzzes ? [.unsafeFlags(["-sanitize=fuzzer"])] : []

func room(
    _ name: String, _ below: [Target.Dependency] = [], resources: [Resource]? = nil, settings: [SwiftSetting] = optimised
) -> [Target] {
    [
        .target(name: name, dependencies: below, resources: resources, swiftSettings: settings + checked + counted),
        .testTarget(
            name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + below, resources: [.copy("Fixtures")],
            swiftSettings: optimised),
    ]
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let server: [Target.Dependency] = ["FlyingFox", "FlyingSocks"].map { .product(name: $0, package: "FlyingFox") }

let package = Package(
    name: "Tausonite",
    products: [
        .executable(name: "tausonite", targets: ["tausonite"]),
        .library(name: "Tausonite", targets: ["Tausonite"]),
        .library(name: "NeuralNetwork", targets: ["Essentials", "NeuralNetwork"]),
        .library(
            name: "Device",
            targets: ["Essentials", "LinearAlgebra", "FiniteVolume", "DeviceModel", "Protocols", "Simulation", "CompactModel"]),
        // For Scripts/wheel.sh, which links it into the shared library of the Python package.
        .library(name: "PythonBridge", type: .static, targets: ["PythonBridge"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // What tests of several rooms use; no product.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: optimised),
        // Floor 1
        .systemLibrary(name: "COpenBLAS"),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast-honor-pragmas"])]),
    ]
        + room("Essentials", [yams])
        // Floor 2
        + room("LinearAlgebra", ["COpenBLAS"], settings: inner)
        + room("Studies", ["Essentials"])
        // Floor 3
        + room("FiniteVolume", ["LinearAlgebra"], settings: inner)
        + room("NeuralNetwork", ["Essentials", "CKernels"])
        // Floor 4
        + room("DeviceModel", ["Essentials", "CKernels", "LinearAlgebra", "FiniteVolume"], settings: inner)
        + room("Protocols", ["Essentials"])
        // Floor 5
        + room("Simulation", ["Essentials", "LinearAlgebra", "FiniteVolume", "DeviceModel", "Protocols"], settings: inner)
        // Floor 6
        + room("CompactModel", ["Essentials", "CKernels", "LinearAlgebra", "DeviceModel", "Protocols", "Simulation"])
        // Floor 7
        + room(
            "Tausonite", ["Essentials", "NeuralNetwork", "DeviceModel", "Protocols", "Simulation", "CompactModel"],
            resources: ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"].map {
                .embedInCode("../../Materials/\($0).yaml")
            })
        + room("Export", ["Essentials", "CompactModel"], resources: [.embedInCode("Adapters")])
        + room("GameAccount", ["Essentials", "NeuralNetwork", "DeviceModel", "Protocols", "Simulation", "CompactModel"])
        // Floor 8
        + room(
            "Pong", ["Essentials", "NeuralNetwork", "GameAccount"],
            resources: [.embedInCode("Helper/ale_helper.py")])
        + room("Energy", ["Essentials", "CompactModel", "GameAccount"])
        // Floor 9
        + room("Validation", ["Essentials", "CompactModel", "GameAccount", "Energy"])
        // Floor 10
        + room(
            "Report",
            ["Essentials", "Simulation", "CompactModel", "NeuralNetwork", "GameAccount", "Pong", "Energy", "Validation"],
            resources: [.embedInCode("Figures"), .embedInCode("Player"), .embedInCode("Explorer")])
        + room(
            "Calibration",
            ["Essentials", "LinearAlgebra", "DeviceModel", "Protocols", "Simulation", "CompactModel", "Validation"])
        // Floor 11
        + room(
            "PythonBridge",
            ["Essentials", "DeviceModel", "Protocols", "Simulation", "CompactModel", "Tausonite", "Calibration"])
        + room(
            "Sweeps",
            ["Essentials", "Studies", "DeviceModel", "Protocols", "Simulation", "CompactModel", "Calibration"])
        // Floor 12
        + [
            .executableTarget(
                name: "tausonite",
                dependencies: [
                    "Essentials", "DeviceModel", "Protocols", "Simulation", "CompactModel", "NeuralNetwork",
                    "Export", "GameAccount", "Pong", "Energy", "Validation", "Report", "Calibration", "Studies", "Sweeps",
                    arguments,
                ] + server, swiftSettings: optimised + checked),
            .testTarget(
                name: "tausoniteTests",
                dependencies: [
                    "tausonite", "TestSupport", "Essentials", "DeviceModel", "Protocols", "Simulation", "CompactModel",
                    "NeuralNetwork", "GameAccount", "Pong", arguments,
                ], resources: [.copy("Fixtures")], swiftSettings: optimised),
        ],
    swiftLanguageModes: [.v6]
)

if fuzzes {
    package.targets.append(
        .executableTarget(
            name: "fuzzers",
            dependencies: [
                "Essentials", "DeviceModel", "Protocols", "Simulation", "CompactModel", "NeuralNetwork", "Pong", "Calibration",
            ], path: "Tests/Fuzzers", exclude: ["Corpus"], swiftSettings: optimised))
}
