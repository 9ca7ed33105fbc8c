import COpenBLAS

/// The two convolutions with ReLU, forward and backward, by patches and matrix products.
///
/// Activations are channel-last: y1 is [image][row1][column1][filter1]. The features come out in PyTorch's order
/// (filter, row, column). Cost per image at the paper's sizes: 0.8 + 1.3 MFLOP forward, 3.5 MFLOP backward.
/// Scratch memory is held for `capacity` images; larger batches are worked off in chunks. One image at a time measured
/// fastest: its patches (185 kB) stay in the second-level cache.
final class Trunk: @unchecked Sendable {
    let shape: NetworkShape
    let layout: ParameterLayout
    private let capacity: Int
    private let patches1, patches2, maps2, dPatches2, dMaps1: FloatBuffer
    private let ones, maskedFeatures: FloatBuffer

    /// Floats of y1 for one image.
    var activations1: Int { shape.side1 * shape.side1 * shape.filters1 }
    private var positions1: Int { shape.side1 * shape.side1 }
    private var positions2: Int { shape.side2 * shape.side2 }
    private var patch1: Int { shape.kernel1 * shape.kernel1 }
    private var patch2: Int { shape.kernel2 * shape.kernel2 * shape.filters1 }

    init(_ layout: ParameterLayout, capacity: Int = 1) {
        shape = layout.shape
        self.layout = layout
        self.capacity = capacity
        let shape = layout.shape
        let positions1 = shape.side1 * shape.side1
        let positions2 = shape.side2 * shape.side2
        let patch2 = shape.kernel2 * shape.kernel2 * shape.filters1
        patches1 = FloatBuffer(capacity * positions1 * shape.kernel1 * shape.kernel1)
        patches2 = FloatBuffer(capacity * positions2 * patch2)
        dPatches2 = FloatBuffer(capacity * positions2 * patch2)
        maps2 = FloatBuffer(capacity * positions2 * shape.filters2)
        dMaps1 = FloatBuffer(capacity * positions1 * shape.filters1)
        ones = FloatBuffer([Float](repeating: 1, count: capacity * max(positions1, positions2)))
        maskedFeatures = FloatBuffer(shape.features)
        openblas_set_num_threads(1)
    }

    /// Features of the observations at `starts`, written every `featureStride` floats; y1 is kept for the backward pass.
    ///
    /// - parameters: flat vector of `layout`; observations: [side][side] from each start, already normalised.
    func forward(
        parameters: FloatBuffer, observations: FloatBuffer, starts: [Int], y1: FloatBuffer, y1At: Int,
        features: FloatBuffer, featuresAt: Int, featureStride: Int
    ) {
        var done = 0
        while done < starts.count {
            let n = min(capacity, starts.count - done)
            gatherPatches1(observations, starts[done..<done + n])
            forwardChunk(
                parameters, n,
                y1.at(y1At + done * activations1, room: n * activations1),
                features.at(featuresAt + done * featureStride, room: (n - 1) * featureStride + shape.features),
                featureStride)
            done += n
        }
    }

    private func forwardChunk(
        _ parameters: FloatBuffer, _ n: Int, _ y1: UnsafeMutablePointer<Float>,
        _ features: UnsafeMutablePointer<Float>, _ featureStride: Int
    ) {
        let f1 = shape.filters1
        let f2 = shape.filters2
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(n * positions1), Int32(f1), Int32(patch1), 1,
            patches1.pointer, Int32(patch1), parameters.pointer + layout.start(.conv1Weight), Int32(patch1), 0, y1, Int32(f1))
        let bias1 = parameters.pointer + layout.start(.conv1Bias)
        for position in 0..<n * positions1 {
            let row = y1 + position * f1
            for f in 0..<f1 { row[f] = max(row[f] + bias1[f], 0) }
        }
        gatherPatches2(y1, n)
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(n * positions2), Int32(f2), Int32(patch2), 1,
            patches2.pointer, Int32(patch2), parameters.pointer + layout.start(.conv2Weight), Int32(patch2), 0,
            maps2.pointer, Int32(f2))
        let bias2 = parameters.pointer + layout.start(.conv2Bias)
        for image in 0..<n {
            let out = features + image * featureStride
            let maps = maps2.pointer + image * positions2 * f2
            for f in 0..<f2 {
                for position in 0..<positions2 { out[f * positions2 + position] = max(maps[position * f2 + f] + bias2[f], 0) }
            }
        }
    }

    /// Adds d loss / d (conv1, conv2) to `gradient`.
    ///
    /// - dFeatures: d loss / d features, with the features themselves (their sign is the ReLU's mask), same stride.
    func backward(
        parameters: FloatBuffer, observations: FloatBuffer, starts: [Int], y1: FloatBuffer, y1At: Int,
        features: FloatBuffer, featuresAt: Int, dFeatures: FloatBuffer, dFeaturesAt: Int, featureStride: Int,
        gradient: FloatBuffer
    ) {
        var done = 0
        while done < starts.count {
            let n = min(capacity, starts.count - done)
            let room = (n - 1) * featureStride + shape.features
            gatherPatches1(observations, starts[done..<done + n])
            backwardChunk(
                parameters, n,
                y1.at(y1At + done * activations1, room: n * activations1),
                features.at(featuresAt + done * featureStride, room: room),
                dFeatures.at(dFeaturesAt + done * featureStride, room: room), featureStride, gradient)
            done += n
        }
    }

    private func backwardChunk(
        _ parameters: FloatBuffer, _ n: Int, _ y1: UnsafePointer<Float>,
        _ features: UnsafePointer<Float>, _ dFeatures: UnsafePointer<Float>, _ featureStride: Int,
        _ gradient: FloatBuffer
    ) {
        let f1 = shape.filters1
        let f2 = shape.filters2
        for image in 0..<n {
            let (y, dy) = (features + image * featureStride, dFeatures + image * featureStride)
            let maps = maps2.pointer + image * positions2 * f2
            let masked = maskedFeatures.pointer
            mask(dy, where: y, to: masked, count: shape.features)
            for f in 0..<f2 {
                for position in 0..<positions2 { maps[position * f2 + f] = masked[f * positions2 + position] }
            }
        }
        addColumnSums(maps2.pointer, rows: n * positions2, columns: f2, to: gradient.pointer + layout.start(.conv2Bias))
        gatherPatches2(y1, n)
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(f2), Int32(patch2), Int32(n * positions2), 1,
            maps2.pointer, Int32(f2), patches2.pointer, Int32(patch2), 1,
            gradient.pointer + layout.start(.conv2Weight), Int32(patch2))
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(n * positions2), Int32(patch2), Int32(f2), 1,
            maps2.pointer, Int32(f2), parameters.pointer + layout.start(.conv2Weight), Int32(patch2), 0,
            dPatches2.pointer, Int32(patch2))
        scatterPatches2(n)
        let maps = dMaps1.pointer
        mask(maps, where: y1, to: maps, count: n * activations1)
        addColumnSums(maps, rows: n * positions1, columns: f1, to: gradient.pointer + layout.start(.conv1Bias))
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(f1), Int32(patch1), Int32(n * positions1), 1,
            dMaps1.pointer, Int32(f1), patches1.pointer, Int32(patch1), 1,
            gradient.pointer + layout.start(.conv1Weight), Int32(patch1))
    }

    /// sums[c] += sum over the rows of a[row][c].
    private func addColumnSums(_ a: UnsafePointer<Float>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Float>) {
        cblas_sgemv(
            CblasRowMajor, CblasTrans, Int32(rows), Int32(columns), 1, a, Int32(columns), ones.pointer, 1, 1, sums, 1)
    }

    /// to = gradient where the ReLU's output y is positive, else 0; without branches, which would be mispredicted.
    private func mask(
        _ gradient: UnsafePointer<Float>, where y: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int
    ) {
        let whole = count / 16 * 16
        for i in stride(from: 0, to: whole, by: 16) {
            let value = UnsafeRawPointer(y + i).loadUnaligned(as: SIMD16<Float>.self)
            var slope = UnsafeRawPointer(gradient + i).loadUnaligned(as: SIMD16<Float>.self)
            slope.replace(with: 0, where: value .<= 0)
            UnsafeMutableRawPointer(to + i).storeBytes(of: slope, as: SIMD16<Float>.self)
        }
        for i in whole..<count { to[i] = y[i] > 0 ? gradient[i] : 0 }
    }

    /// Copies a short run of floats without a call.
    @inline(__always)
    private func copy(_ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, count: Int) {
        guard count % 8 == 0 else {
            for i in 0..<count { to[i] = from[i] }
            return
        }
        for i in stride(from: 0, to: count, by: 8) {
            UnsafeMutableRawPointer(to + i).storeBytes(
                of: UnsafeRawPointer(from + i).loadUnaligned(as: SIMD8<Float>.self), as: SIMD8<Float>.self)
        }
    }

    /// patches1[image][position][row][column] from the observations.
    private func gatherPatches1(_ observations: FloatBuffer, _ starts: ArraySlice<Int>) {
        let side = shape.observationSide
        let kernel = shape.kernel1
        var out = patches1.pointer
        for start in starts {
            let plane = observations.at(start, room: shape.observations)
            for y in 0..<shape.side1 {
                for x in 0..<shape.side1 {
                    let corner = plane + y * shape.stride1 * side + x * shape.stride1
                    for row in 0..<kernel {
                        copy(corner + row * side, to: out + row * kernel, count: kernel)
                    }
                    out += patch1
                }
            }
        }
    }

    /// patches2[image][position][row][column][channel] from y1.
    private func gatherPatches2(_ y1: UnsafePointer<Float>, _ n: Int) {
        let run = shape.kernel2 * shape.filters1
        let rowFloats = shape.side1 * shape.filters1
        var out = patches2.pointer
        for image in 0..<n {
            let plane = y1 + image * activations1
            for y in 0..<shape.side2 {
                for x in 0..<shape.side2 {
                    let corner = plane + y * shape.stride2 * rowFloats + x * shape.stride2 * shape.filters1
                    for row in 0..<shape.kernel2 {
                        copy(corner + row * rowFloats, to: out, count: run)
                        out += run
                    }
                }
            }
        }
    }

    /// The transpose of `gatherPatches2`: sums dPatches2 into dMaps1.
    private func scatterPatches2(_ n: Int) {
        let run = shape.kernel2 * shape.filters1
        let rowFloats = shape.side1 * shape.filters1
        dMaps1.fill(0, 0..<n * activations1)
        var from = dPatches2.pointer
        for image in 0..<n {
            let plane = dMaps1.pointer + image * activations1
            for y in 0..<shape.side2 {
                for x in 0..<shape.side2 {
                    let corner = plane + y * shape.stride2 * rowFloats + x * shape.stride2 * shape.filters1
                    for row in 0..<shape.kernel2 {
                        let to = corner + row * rowFloats
                        for i in 0..<run { to[i] += from[i] }
                        from += run
                    }
                }
            }
        }
    }
}
