/// How much may come out of compressed bytes: a small input can say gigabytes (deflate a thousandfold, zstd far more).
struct OutputBudget {
    /// Below it no ratio is too high: a short text of one line over and over is no bomb.
    static let freeOfRatio = 64 << 10

    private let limit: Int
    private let ratio: Int?
    private let most: Int

    /// - Parameters:
    ///   - limit: of all output, in bytes.
    ///   - ratio: output bytes for each of `inputCount`; nil where any is as good.
    init(limit: Int, ratio: Int?, inputCount: Int) {
        self.limit = max(0, limit)
        self.ratio = ratio
        guard let ratio else {
            most = self.limit
            return
        }
        let (allowed, overflows) = inputCount.multipliedReportingOverflow(by: max(0, ratio))
        most = min(self.limit, overflows ? .max : max(allowed, Self.freeOfRatio))
    }

    /// How many bytes to have room for next, after `count` came out: one more than is allowed, so that it shows.
    func room(after count: Int, upTo piece: Int) -> Int {
        let left = most - count
        return left < piece ? max(0, left) + 1 : piece
    }

    /// `count` bytes have come out in all.
    func check(_ count: Int) throws(CompressionError) {
        guard count > most else { return }
        guard let ratio, most < limit else { throw .outputTooLarge(limitInBytes: limit) }
        throw .ratioTooHigh(limit: ratio)
    }
}
