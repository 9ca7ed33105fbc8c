import LinearAlgebra

/// How fast a state exchanges its vacancies: what a lumped model of the device is made from.
extension AssembledDevice {
    /// Coefficients of the exchange in one state.
    ///
    /// A reaction's rate (1/(m2 s)) and its derivatives by its law's sheets (1/s) and by the areal density of the first lattice plane
    /// (1/s); of every edge of the grid the two coefficients of J = forward n_l - backward n_r, n areal densities of the cells (1/s).
    package struct Exchange: Sendable {
        package struct Reaction: Sendable {
            package var name: String
            package var rate, byFirst, bySecond, byPlane: Double
        }
        package var reactions: [Reaction]
        package var edges: [(forward: Double, backward: Double)]
    }

    /// The exchange at `u`, at the present voltage and temperature. Cost: one evaluation of the fluxes.
    package func exchange(_ u: Row) -> Exchange {
        switch engine {
        case .two(let a): a.exchange(Stretch(u), of: device)
        case .three(let a): a.exchange(Stretch(u), of: device)
        }
    }
}

extension Assembly where L == Double {
    func exchange(_ u: Stretch<Double>, of device: Device) -> AssembledDevice.Exchange {
        board.u = u
        board.clear()
        vacancies.prepare(board)
        let (rates, plane) = (board.rates, device.layers[0].plane)
        let edges = board.stretches.enumerated().flatMap { layer, edges in
            edges.map { i in
                let flux = vacancies.flux(
                    i, board, diffusivity: rates[board.indices.diffusivity[layer]], inverseThermal: rates.inverseThermal)
                return (forward: flux.byLeft / board.cells[i], backward: -flux.byRight / board.cells[i + 1])
            }
        }
        let reactions = zip(device.left.reactions, contact?.evaluate(board) ?? []).map {
            AssembledDevice.Exchange.Reaction(
                name: $0.name, rate: $1.rate, byFirst: $1.byFirst, bySecond: $1.bySecond, byPlane: $1.byDensity / plane)
        }
        return .init(reactions: reactions, edges: edges)
    }
}
