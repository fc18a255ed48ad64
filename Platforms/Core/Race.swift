internal import Kernel

/// What came of one runner in a race.
enum RaceOutcome<Value: Sendable>: Sendable {
    case won(Value)
    /// It may be tried again. `isService` where an answer came.
    case lost(PlatformError, retryAfter: Duration, isService: Bool)
    /// It will never win.
    case refused(PlatformError)
}

private enum RaceEvent<Value: Sendable>: Sendable {
    case outcome(RaceOutcome<Value>)
    /// The time of that runner has come.
    case time(Int)
}

/// Starts `body` for each element, the next one `stagger` after the one before or as soon as that has failed, until one wins; the
/// others are cancelled. Nobody wins: the failures, in the order in which they came. `endsAtRefusal`: the first refusal ends it too.
func race<Element: Sendable, Value: Sendable>(
    _ elements: [Element], stagger: Duration, endsAtRefusal: Bool,
    _ body: @escaping @Sendable (Element) async -> RaceOutcome<Value>
) async -> (winner: Value?, failures: [RaceOutcome<Value>]) {
    await withTaskGroup(of: RaceEvent<Value>.self) { group in
        var started = 0
        var failures: [RaceOutcome<Value>] = []
        func startNext() {
            guard started < elements.count else { return }
            let element = elements[started]
            started += 1
            let next = started
            group.addTask { .outcome(await body(element)) }
            guard next < elements.count else { return }
            group.addTask {
                try? await Task.sleep(for: stagger)
                return .time(next)
            }
        }
        startNext()
        while failures.count < elements.count, let event = await group.next() {
            switch event {
            case .time(let number):
                // Whoever failed meanwhile has started it already.
                if number == started, !Task.isCancelled { startNext() }
            case .outcome(.won(let value)):
                group.cancelAll()
                return (value, failures)
            case .outcome(let failure):
                failures.append(failure)
                if endsAtRefusal, case .refused = failure {
                    group.cancelAll()
                    return (nil, failures)
                }
                startNext()
            }
        }
        group.cancelAll()
        return (nil, failures)
    }
}

/// `body` for every element, at most `width` at once, the results in the elements' order. The first failure ends the others.
public func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], width: Int,
    _ body: @escaping @Sendable (Element) async throws(PlatformError) -> Value
) async throws(PlatformError) -> [Value] {
    let outcome = await withTaskGroup(of: (Int, Result<Value, PlatformError>).self) { group in
        var results: [Int: Value] = [:]
        var next = 0
        func add() {
            guard next < elements.count else { return }
            let (index, element) = (next, elements[next])
            next += 1
            group.addTask {
                do throws(PlatformError) {
                    return (index, .success(try await body(element)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        for _ in 0..<max(1, width) { add() }
        while let (index, result) = await group.next() {
            switch result {
            case .success(let value): results[index] = value
            case .failure(let error):
                group.cancelAll()
                return Result<[Int: Value], PlatformError>.failure(error)
            }
            add()
        }
        return .success(results)
    }
    let results = try outcome.get()
    return elements.indices.compactMap { results[$0] }
}

/// Both at once; the first failure ends the other.
public func both<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () async throws(PlatformError) -> First,
    _ second: @escaping @Sendable () async throws(PlatformError) -> Second
) async throws(PlatformError) -> (First, Second) {
    let values = try await concurrently([true, false], width: 2) {
        (isFirst) throws(PlatformError) -> (First?, Second?) in
        isFirst ? (try await first(), nil) : (nil, try await second())
    }
    guard let one = values.compactMap(\.0).first, let other = values.compactMap(\.1).first else {
        // Each of the two has a value where neither has thrown.
        throw PlatformError(.noMetadata)
    }
    return (one, other)
}
