import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport

/// Does operations by our library: their words become its values, and those go to the kernel.
struct OurHand: ~Copyable {
    var connection: RouteConnection
    let names = RouteNames(of: .live)
    var deadline: Deadline { Deadline(in: .seconds(30)) }

    init() throws { connection = try RouteConnection.open() }

    mutating func perform(_ operation: Operation) throws -> Outcome {
        do {
            try carryOut(operation)
            return .done
        } catch let error as WordError {
            return Outcome(error)
        } catch let error as NetlinkError where error.kind == .refused {
            return Outcome(error)
        }
    }

    private mutating func carryOut(_ operation: Operation) throws {
        let object = operation.words[0]
        let verb = operation.words[1]
        let rest = Array(operation.words.dropFirst(2))
        let words = ObjectWords(LinkDirectory(try connection.links(until: deadline)), names)
        switch (object, verb) {
        case ("link", _): try link(verb, rest, words.links)
        case (_, "flush"): try flush(object, operation.family, rest, words)
        case ("address", _):
            let address = try InterfaceAddress(words: rest, words)
            guard let mode = Self.mode(verb) else { return try connection.deleteAddress(address, until: deadline) }
            try connection.addAddress(address, mode: mode, until: deadline)
        case ("route", _):
            let family = operation.family.map { [$0] } ?? []
            let route = try Route(words: family + rest, words, isDeleted: verb == "delete")
            guard let mode = Self.mode(verb) else { return try connection.deleteRoute(route, until: deadline) }
            try connection.addRoute(route, mode: mode, until: deadline)
        case ("rule", _):
            let family = operation.family.map { [$0] } ?? []
            let rule = try Rule(words: family + rest, words, isDeleted: verb == "delete")
            if verb == "delete" { return try connection.deleteRule(rule, until: deadline) }
            try connection.addRule(rule, until: deadline)
        case ("neighbor", _):
            let neighbor = try Neighbor(words: rest, words)
            guard let mode = Self.mode(verb) else { return try connection.deleteNeighbor(neighbor, until: deadline) }
            try connection.addNeighbor(neighbor, mode: mode, until: deadline)
        case ("fdb", _): try forward(verb, rest, words.links)
        default: throw TwinFailure(description: "\(operation): nobody does that")
        }
    }

    /// Whether our words understand it.
    mutating func understands(_ operation: Operation) throws -> Bool {
        do {
            _ = try value(of: operation)
            return true
        } catch is WordError { return false }
    }

    private enum Value {
        case address(InterfaceAddress)
        case route(Route)
        case rule(Rule)
        case neighbor(Neighbor)
    }

    private mutating func value(of operation: Operation) throws -> Value {
        let words = ObjectWords(LinkDirectory(try connection.links(until: deadline)), names)
        let list = (operation.family.map { [$0] } ?? []) + operation.words.dropFirst(2)
        let isDeleted = operation.words[1] == "delete"
        return switch operation.words[0] {
        case "address": .address(try InterfaceAddress(words: Array(operation.words.dropFirst(2)), words))
        case "route": .route(try Route(words: list, words, isDeleted: isDeleted))
        case "rule": .rule(try Rule(words: list, words, isDeleted: isDeleted))
        default: .neighbor(try Neighbor(words: Array(operation.words.dropFirst(2)), words))
        }
    }

    /// All of one object and verb, in one batch.
    mutating func perform(batch operations: [Operation]) throws -> [Outcome] {
        var addresses: [InterfaceAddress] = []
        var routes: [Route] = []
        var rules: [Rule] = []
        var neighbors: [Neighbor] = []
        for operation in operations {
            switch try value(of: operation) {
            case .address(let address): addresses.append(address)
            case .route(let route): routes.append(route)
            case .rule(let rule): rules.append(rule)
            case .neighbor(let neighbor): neighbors.append(neighbor)
            }
        }
        let outcome: BatchOutcome
        switch (operations[0].words[0], Self.mode(operations[0].words[1])) {
        case ("address", let mode?): outcome = connection.addAddresses(addresses, mode: mode, until: deadline)
        case ("address", nil): outcome = connection.deleteAddresses(addresses, until: deadline)
        case ("route", let mode?): outcome = connection.addRoutes(routes, mode: mode, until: deadline)
        case ("route", nil): outcome = connection.deleteRoutes(routes, until: deadline)
        case ("rule", _?): outcome = connection.addRules(rules, until: deadline)
        case ("rule", nil): outcome = connection.deleteRules(rules, until: deadline)
        case (_, let mode?): outcome = connection.addNeighbors(neighbors, mode: mode, until: deadline)
        case (_, nil): outcome = connection.deleteNeighbors(neighbors, until: deadline)
        }
        guard outcome.processed == operations.count, !outcome.isUncertain else {
            throw TwinFailure(description: "\(outcome)")
        }
        var result = [Outcome](repeating: .done, count: operations.count)
        for failure in outcome.failures { result[failure.index] = Outcome(failure.error) }
        return result
    }

    static func mode(_ verb: String) -> ChangeMode? { ChangeMode.allCases.first { "\($0)" == verb } }
}
