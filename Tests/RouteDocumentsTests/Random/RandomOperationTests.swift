import CTestSupport
import Glibc
import TestSupport
import Testing

@Suite(
    "Random operations leave what ip leaves of them", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"), .serialized)
struct RandomOperationTests {
    private static var seed: UInt64 { Sweep.seed ?? 1 }

    private static let rounds = 4

    @Test("one after the other, by us in one namespace and by ip in another, compared after each")
    func oneByOne() async throws {
        var tally = OperationTally()
        for round in 0..<(Sweep.isLong ? Self.rounds : 1) {
            let result = try await #require(
                processExitsWith: .success, observing: [\.standardOutputContent]
            ) {
                [
                    seed = Self.seed &+ UInt64(round) as UInt64,
                    count = (Sweep.isLong ? 500 : OperationKind.deck.count) as Int
                ] in
                #expect(sw_fresh_namespaces() == 1)
                print(try RandomOperationTests.sequence(seed: seed, count: count).lines)
            }
            tally.add(lines: String(decoding: result.standardOutputContent, as: UTF8.self))
        }
        print(tally.text)
        for kind in OperationKind.allCases {
            #expect(tally.drawn(kind) > 0, "\(kind) was never drawn")
            if Sweep.isLong { #expect(tally.done(kind) > 0, "\(kind) was never done") }
        }
    }

    /// What is drawn for batches.
    private static let batches: [OperationKind] = [
        .address4, .address6, .route4, .route6, .routeMultipath, .routeType, .routeMetrics, .rule4, .rule6,
        .neighborAdd,
        .neighborProxy, .neighborReplace, .routeReplace, .routeAppend, .routeDelete, .ruleDelete, .addressDelete,
        .neighborDelete,
    ]

    @Test("in batches of ours and one after the other by ip, with the same lines refused")
    func inBatches() async throws {
        for round in 0..<(Sweep.isLong ? Self.rounds : 1) {
            await #expect(processExitsWith: .success) {
                [seed = Self.seed &+ UInt64(round) as UInt64, isLong = Sweep.isLong as Bool] in
                #expect(sw_fresh_namespaces() == 1)
                var twins = try TwinNamespaces.opened()
                var generator = OperationGenerator(seed: seed)
                // Kinds of which a whole batch was refused: few, or the batches would show little.
                var idle: [OperationKind] = []
                for kind in RandomOperationTests.batches + (isLong ? RandomOperationTests.batches.reversed() : []) {
                    generator.state = twins.state
                    var batch: [Operation] = []
                    for _ in 0..<1_000 where batch.count < (isLong ? 60 : 15) {
                        let operation = generator.operation(kind)
                        let first = batch.first ?? operation
                        guard operation.family == first.family, operation.words[1] == first.words[1],
                            try twins.ours.understands(operation)
                        else { continue }
                        batch.append(operation)
                    }
                    let outcomes = try twins.perform(batch: batch)
                    for (operation, outcome) in zip(batch, outcomes) {
                        #expect(
                            outcome.ours.matches(outcome.peer),
                            "seed \(seed), \(kind): \(operation): we: \(outcome.ours); ip: \(outcome.peer)")
                    }
                    if !outcomes.contains(where: { $0.peer == .done }) { idle.append(kind) }
                    let found = try twins.differences()
                    #expect(found == [], "seed \(seed), \(kind): \(found.prefix(4).joined(separator: "\n"))")
                    if !found.isEmpty { break }
                }
                #expect(idle.count <= 3, "seed \(seed): nothing was done of \(idle)")
            }
        }
    }

    /// In this process's namespaces.
    private static func sequence(seed: UInt64, count: Int) throws -> OperationTally {
        var tally = OperationTally()
        var twins = try TwinNamespaces.opened()
        var generator = OperationGenerator(seed: seed)
        var failures = 0
        for number in 1...count {
            generator.state = twins.state
            let operation = generator.next()
            let (ours, peer) = try twins.perform(operation)
            tally.count(operation.kind, peer)
            let place = "seed \(seed), operation \(number): \(operation.command)"
            #expect(ours.matches(peer), "\(place): we: \(ours); ip: \(peer)")
            let found = try twins.differences()
            #expect(found == [], "\(place): \(found.prefix(4).joined(separator: "\n"))")
            if !found.isEmpty || !ours.matches(peer) { failures += 1 }
            if Sweep.isLong, number % 4 == 0 {
                generator.state = twins.state
                let answers = try twins.differences(of: generator.lookup())
                #expect(answers == [], "\(place), and then \(answers.joined(separator: "\n"))")
            }
            // What differs once differs from then on.
            if !found.isEmpty || failures > 20 { break }
        }
        return tally
    }
}
