/// What was drawn of each kind, and what became of it. Processes hand it over as text.
struct OperationTally {
    private var counts: [OperationKind: [Int]] = [:]
    private static let words = ["done", "refused", "not asked"]

    mutating func count(_ kind: OperationKind, _ outcome: Outcome) {
        let place =
            switch outcome {
            case .done: 0
            case .refused: 1
            case .notAsked, .valueRefused: 2
            }
        counts[kind, default: [0, 0, 0]][place] += 1
    }

    func drawn(_ kind: OperationKind) -> Int { counts[kind, default: []].reduce(0, +) }
    func done(_ kind: OperationKind) -> Int { counts[kind]?.first ?? 0 }

    /// A line a kind: its name and the three numbers.
    var lines: String {
        counts.map { "tally \($0.rawValue) \($1.map { "\($0)" }.joined(separator: " "))\n" }.sorted().joined()
    }

    /// Adds what another process counted; lines of anything else are passed over.
    mutating func add(lines: String) {
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 5, words[0] == "tally", let kind = OperationKind(rawValue: String(words[1])) else {
                continue
            }
            let numbers = words.dropFirst(2).map { Int($0) ?? 0 }
            counts[kind] = zip(counts[kind] ?? [0, 0, 0], numbers).map { $0 + $1 }
        }
    }

    /// For people.
    var text: String {
        let all = OperationKind.allCases.map { drawn($0) }.reduce(0, +)
        let lines = OperationKind.allCases.map { kind in
            "    \(kind): " + zip(counts[kind] ?? [0, 0, 0], Self.words).map { "\($0) \($1)" }.joined(separator: ", ")
        }
        return (["\(all) random operations"] + lines).joined(separator: "\n")
    }
}
