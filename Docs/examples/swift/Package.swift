// swift-tools-version: 6.2
import PackageDescription

// A program of one's own on the library: swift run -c release --package-path Docs/examples/swift
let package = Package(
    name: "Example",
    dependencies: [.package(name: "Tausonite", path: "../../..")],
    targets: [.executableTarget(name: "Example", dependencies: [.product(name: "Tausonite", package: "Tausonite")])],
    swiftLanguageModes: [.v6])
