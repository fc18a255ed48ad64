internal import Kernel

/// Takes sectors out of a copy as long as it answers the same.
struct Reduction {
    /// Probes, at most: what was not tried by then goes, for nobody knows that it is needed.
    private static let mostTrials = 4096

    private let copy: WritableDevice
    private let sectors: Sectors
    private let isSame: () -> Bool
    private var trials = 0
    private var result = Sectors()

    /// Of `sectors`, which stand on `copy` and may go; what else stands there stays.
    init(of copy: WritableDevice, _ sectors: Sectors, _ isSame: @escaping () -> Bool) {
        self.copy = copy
        self.sectors = sectors
        self.isSame = isSame
    }

    /// Those without which the answer is another; the copy has them alone when this returns.
    mutating func needed() throws(OSError) -> Sectors {
        try reduce(sectors.numbers[...])
        return result
    }

    /// All of a part at once, then each half of it.
    private mutating func reduce(_ numbers: ArraySlice<UInt64>) throws(OSError) {
        guard !numbers.isEmpty else { return }
        try sectors.erase(numbers, on: copy)
        trials += 1
        if trials > Self.mostTrials || isSame() { return }
        try sectors.write(numbers, to: copy)
        if numbers.count == 1, let number = numbers.first {
            result[number] = sectors[number]
            return
        }
        let middle = numbers.startIndex + numbers.count / 2
        try reduce(numbers[..<middle])
        try reduce(numbers[middle...])
    }
}

/// Replaces bytes of sectors with zeros as long as a copy answers the same: the headers of encrypted volumes have salts and digests of
/// keys beside the UUID that is asked for, and directories the names of files beside the label.
struct Blanking {
    private let copy: WritableDevice
    private let sectors: Sectors
    private let granule: Int
    private let isSame: () -> Bool
    /// Whether anything went.
    private(set) var isChange = false

    init(of copy: WritableDevice, _ sectors: Sectors, granule: Int, _ isSame: @escaping () -> Bool) {
        self.copy = copy
        self.sectors = sectors
        self.granule = granule
        self.isSame = isSame
    }

    /// The sectors as they may stay; the copy has them when this returns.
    mutating func needed() throws(OSError) -> Sectors {
        var result = sectors
        for number in sectors.numbers {
            guard var bytes = sectors[number] else { continue }
            try blank(0..<bytes.count, of: &bytes, number)
            result[number] = bytes
        }
        return result
    }

    private mutating func blank(_ range: Range<Int>, of bytes: inout [UInt8], _ number: UInt64) throws(OSError) {
        guard bytes[range].contains(where: { $0 != 0 }) else { return }
        var trial = bytes
        trial.replaceSubrange(range, with: repeatElement(0, count: range.count))
        try copy.write(trial, at: number * Sectors.size)
        if isSame() {
            bytes = trial
            isChange = true
            return
        }
        try copy.write(bytes, at: number * Sectors.size)
        guard range.count > granule else { return }
        let middle = range.lowerBound + range.count / 2
        try blank(range.lowerBound..<middle, of: &bytes, number)
        try blank(middle..<range.upperBound, of: &bytes, number)
    }
}
