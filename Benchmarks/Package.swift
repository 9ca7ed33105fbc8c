// swift-tools-version: 6.2
import PackageDescription

// Benchmarks live in a package of their own, so that users of the program never build them.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "Tausonite", path: "..")],
    targets: [
        .target(name: "CRoofline", path: "Sources/CRoofline", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),
        .executableTarget(
            name: "network-benchmark",
            dependencies: ["CRoofline", .product(name: "NeuralNetwork", package: "Tausonite")],
            path: "Sources/NetworkBenchmark"),
        .executableTarget(
            name: "device-benchmark", dependencies: [.product(name: "Device", package: "Tausonite")],
            path: "Sources/DeviceBenchmark"),
    ],
    swiftLanguageModes: [.v6])
