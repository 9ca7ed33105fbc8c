// The library as one import: `import Tausonite` brings what a program needs to simulate a device, measure a synapse on it
// and train a network of such synapses. The rooms below stay importable one by one.
@_exported import CompactModel
@_exported import DeviceModel
@_exported import Essentials
@_exported import NeuralNetwork
@_exported import Protocols
@_exported import Simulation
