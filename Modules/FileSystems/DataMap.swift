/// Where in the volume a file's bytes are.
struct DataMap: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        case volume(UInt64)
        /// Zeros that are nowhere.
        case hole
        /// In a structure that has been read already, at that place.
        case embedded(VolumePiece)
    }

    struct Run: Hashable, Sendable {
        let place: Place
        let count: UInt64
    }

    private(set) var runs: [Run] = []
    private(set) var mapped: UInt64 = 0

    /// Appends what follows; runs that follow each other in the volume become one. False where the sum is no number.
    mutating func append(_ place: Place, count: UInt64) -> Bool {
        guard count > 0 else { return true }
        let (sum, overflow) = mapped.addingReportingOverflow(count)
        guard !overflow else { return false }
        mapped = sum
        if case .volume(let start) = place, let last = runs.last, case .volume(let before) = last.place,
            before.addingReportingOverflow(last.count) == (start, false)
        {
            runs[runs.count - 1] = Run(place: last.place, count: last.count + count)
        } else {
            runs.append(Run(place: place, count: count))
        }
        return true
    }

    /// The first `count` bytes. What is not mapped is an error.
    func contents(
        count: Int, of volume: VolumeBytes, _ structure: VolumeError.Structure
    ) throws(VolumeError) -> [UInt8] {
        guard UInt64(count) <= mapped else { throw VolumeError(.beyondEnd(structure)) }
        // A run beyond the volume's end is an error before there is memory for it.
        for run in runs {
            guard case .volume(let start) = run.place else { continue }
            guard start <= volume.sizeInBytes, run.count <= volume.sizeInBytes - start else {
                throw VolumeError(.beyondEnd(structure), at: start)
            }
        }
        var all: [UInt8] = []
        all.reserveCapacity(count)
        for run in runs where all.count < count {
            let wanted = Int(min(run.count, UInt64(count - all.count)))
            switch run.place {
            case .hole: all.append(contentsOf: repeatElement(0, count: wanted))
            case .embedded(let piece): all += try piece.slice(0, wanted)
            case .volume(let start):
                var done = 0
                while done < wanted {
                    let step = min(wanted - done, 1 << 20)
                    all += try volume.read(at: start + UInt64(done), count: step, structure).bytes
                    done += step
                }
            }
        }
        return all
    }

    /// Where the byte at `position` is in the volume, for errors.
    func place(of position: Int) -> UInt64? {
        var left = UInt64(max(0, position))
        for run in runs {
            if left < run.count {
                switch run.place {
                case .volume(let start): return start &+ left
                case .embedded(let piece): return piece.offset &+ left
                case .hole: return nil
                }
            }
            left -= run.count
        }
        return nil
    }
}
