import CKernels

/// The flat parameters of one agent under its constraints, and one step of its cell: shared by play and training.
///
/// `flat` holds the parameters as they are trained; `effective` those that the forward pass uses (Lambda clamped, W in
/// its window). They are one and the same where no range is set.
final class Network: @unchecked Sendable {
    let shape: NetworkShape
    let layout: ParameterLayout
    let constraints: CellConstraints
    let flat: FloatBuffer
    /// Clamped W and, one plane on, clamped Lambda: [units][stride] each.
    let clamped: FloatBuffer
    /// conv2's weights as its backward pass reads them, [row][column][filter][channel].
    let transposed2: FloatBuffer
    let level: KernelLevel

    init(_ parameters: ActorCriticParameters, constraints: CellConstraints, level: KernelLevel) {
        shape = parameters.shape
        layout = ParameterLayout(parameters.shape)
        self.constraints = constraints
        flat = FloatBuffer(layout.count)
        clamped = FloatBuffer(2 * layout.plane)
        transposed2 = FloatBuffer(layout.size(.conv2Weight))
        self.level = level
        layout.pack(parameters, into: flat)
        refresh()
    }

    /// Floats of one environment's F, padding included.
    var plane: Int { layout.plane }
    /// W and Lambda as the forward pass uses them, in padded order.
    func weight(_ i: Int) -> Float { clamped[i] }
    func lambda(_ i: Int) -> Float { clamped[plane + i] }

    /// Recomputes the clamped copies after `flat` has changed. Padding stays zero.
    func refresh() {
        refresh(rows: 0..<shape.units)
        transposeConvolution()
    }

    /// Recomputes `transposed2` after `flat` has changed.
    func transposeConvolution() {
        let from = flat.at(layout.start(.conv2Weight), room: layout.size(.conv2Weight))
        let (channels, filters) = (layout.filters1, layout.filters2)
        for tap in 0..<shape.kernel2 * shape.kernel2 {
            let (a, b) = (from + tap * channels * filters, transposed2.pointer + tap * channels * filters)
            for channel in 0..<channels { for filter in 0..<filters { b[filter * channels + channel] = a[channel * filters + filter] } }
        }
    }

    /// The same for some rows of the plastic layer.
    func refresh(rows: Range<Int>) {
        let l = layout.start(.lambda)
        let w = layout.start(.weight)
        for j in rows {
            for k in j * layout.stride..<j * layout.stride + shape.inputs {
                clamped.pointer[plane + k] = constraints.effectiveLambda(flat.pointer[l + k])
                clamped.pointer[k] = constraints.effectiveWeight(flat.pointer[w + k])
            }
        }
    }

    /// One step of the cell for environments lying side by side; see `CellForward` for the shapes.
    ///
    /// F moves in place, or stays where only h is wanted; `before` receives a copy of F as it was.
    func cellForward(
        environments: Int, u: FloatBuffer, uAt: Int, f: FloatBuffer, fAt: Int, moves: Bool, before: FloatBuffer? = nil, beforeAt: Int = 0,
        h: FloatBuffer, n: FloatBuffer, s: FloatBuffer, unitsAt: Int, recorder: SynapseRecorder? = nil
    ) {
        let room = environments * shape.units
        var step = CellForward(
            level: level.rawValue, rows: Int32(shape.units), stride: Int32(layout.stride), environments: Int32(environments), plane: Int32(plane),
            known: 0, divide_by_norm: constraints.kind == .stpn ? 1 : 0, step: constraints.deltaFStep,
            maximum: constraints.deltaFMaximum, W: clamped.pointer, gamma: flat.at(layout.start(.gamma), room: plane),
            lambda: clamped.at(plane, room: plane), bias: flat.at(layout.start(.bias)),
            u: u.at(uAt, room: environments * layout.stride), F: f.at(fAt, room: environments * plane),
            F_next: moves ? f.at(fAt) : nil, F_before: before?.at(beforeAt, room: environments * plane), h: h.at(unitsAt, room: room),
            n: n.at(unitsAt, room: room), s: s.at(unitsAt, room: room), levels: recorder?.levelPointer(environments: environments),
            sum_absolute: recorder?.sumAbsolute.at(0, room: plane), sum: recorder?.sum.at(0, room: plane))
        cell_forward(&step)
    }

    /// F' of a step whose h and n are known already: the same bits as when the step was first made.
    func cellMove(
        environments: Int, u: FloatBuffer, uAt: Int, f: FloatBuffer, fAt: Int, to fNext: FloatBuffer, at fNextAt: Int,
        h: FloatBuffer, n: FloatBuffer, s: FloatBuffer, unitsAt: Int, recorder: SynapseRecorder? = nil
    ) {
        let room = environments * shape.units
        var step = CellForward(
            level: level.rawValue, rows: Int32(shape.units), stride: Int32(layout.stride), environments: Int32(environments), plane: Int32(plane),
            known: 1, divide_by_norm: constraints.kind == .stpn ? 1 : 0, step: constraints.deltaFStep,
            maximum: constraints.deltaFMaximum, W: clamped.pointer, gamma: flat.at(layout.start(.gamma), room: plane),
            lambda: clamped.at(plane, room: plane), bias: flat.at(layout.start(.bias)),
            u: u.at(uAt, room: environments * layout.stride), F: f.at(fAt, room: environments * plane),
            F_next: fNext.at(fNextAt, room: environments * plane), F_before: nil, h: h.at(unitsAt, room: room),
            n: n.at(unitsAt, room: room), s: s.at(unitsAt, room: room),
            levels: recorder?.levelPointer(environments: environments), sum_absolute: nil, sum: nil)
        cell_forward(&step)
    }

    /// The gradient of one step of the cell, added to `gradient`; see `CellBackward` for the shapes.
    func cellBackward(
        environments: Int, u: FloatBuffer, uAt: Int, f: FloatBuffer, fAt: Int, h: FloatBuffer, n: FloatBuffer,
        s: FloatBuffer, unitsAt: Int, dh: FloatBuffer, dF: FloatBuffer, du: FloatBuffer, gradient: FloatBuffer
    ) {
        let room = environments * shape.units
        var step = CellBackward(
            level: level.rawValue, rows: Int32(shape.units), stride: Int32(layout.stride), environments: Int32(environments), plane: Int32(plane),
            divide_by_norm: constraints.kind == .stpn ? 1 : 0, W: clamped.pointer,
            gamma: flat.at(layout.start(.gamma), room: plane), lambda: clamped.at(plane, room: plane),
            u: u.at(uAt, room: environments * layout.stride), F: f.at(fAt, room: environments * plane),
            h: h.at(unitsAt, room: room), n: n.at(unitsAt, room: room), s: s.at(unitsAt, room: room),
            dh: dh.at(0, room: room), D: dF.at(0, room: environments * plane),
            dW: gradient.at(layout.start(.weight), room: plane), dgamma: gradient.at(layout.start(.gamma), room: plane),
            dlambda: gradient.at(layout.start(.lambda), room: plane),
            dbias: gradient.at(layout.start(.bias), room: shape.units), du: du.at(0, room: environments * layout.stride))
        cell_backward(&step)
    }

    /// logits = actor h + bias; value = critic h + bias, for environments lying side by side.
    func heads(environments: Int, h: FloatBuffer, at: Int, logits: inout [Float], values: inout [Float], outAt: Int) {
        let units = shape.units
        let actor = flat.at(layout.start(.actorWeight), room: shape.actions * units)
        let actorBias = flat.at(layout.start(.actorBias), room: shape.actions)
        let critic = flat.at(layout.start(.criticWeight), room: units)
        let criticBias = flat[layout.start(.criticBias)]
        for e in 0..<environments {
            let x = h.at(at + e * units, room: units)
            for a in 0..<shape.actions {
                var sum = actorBias[a]
                for j in 0..<units { sum += actor[a * units + j] * x[j] }
                logits[(outAt + e) * shape.actions + a] = sum
            }
            var sum = criticBias
            for j in 0..<units { sum += critic[j] * x[j] }
            values[outAt + e] = sum
        }
    }
}
