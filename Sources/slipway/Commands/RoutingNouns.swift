import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink
import SystemPackage

/// A connection to a host's netlink, and the names of what the kernel tells by number.
struct RoutingView: ~Copyable {
    var route: RouteConnection
    /// In the kernel's order.
    let allLinks: [Link]
    let words: ObjectWords
    /// Of the host.
    let takesFilters: Bool
    let deadline: Deadline
    var links: LinkDirectory { words.links }
    var names: RouteNames { words.names }

    init(_ host: Host) throws(NetlinkError) { self = try Self.opened(host) }

    private init(
        _ route: consuming RouteConnection, _ links: [Link], _ names: RouteNames, takesFilters: Bool,
        _ deadline: Deadline
    ) {
        self.takesFilters = takesFilters
        self.route = route
        allLinks = links
        words = ObjectWords(LinkDirectory(links), names)
        self.deadline = deadline
    }

    private static func opened(_ host: Host) throws(NetlinkError) -> RoutingView {
        let deadline = LinkCommand.deadline
        var route = RouteConnection(try host.netlink.open(.route))
        let links = try route.links(until: deadline)
        var nexthops: [Nexthop] = []
        do throws(NetlinkError) {
            nexthops = try route.nexthops(until: deadline)
        } catch  where error.cause == .missingFeature {
            // Linux 5.3 brought nexthop objects: an older kernel has none.
        }
        let names = RouteNames(
            of: host.root, links: Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first },
            nexthops: nexthops)
        return RoutingView(route, links, names, takesFilters: host.takesFilters, deadline)
    }

    /// What `body` finds in the running kernel; its refusals and the words' with what helps.
    static func looking<Answer>(
        _ operation: String, _ body: (inout RoutingView) throws -> Answer
    ) throws -> Answer {
        var context = CommandFailure.Context()
        do {
            var view = try RoutingView(.live)
            context.links = view.links
            return try body(&view)
        } catch let error as WordError {
            throw CommandFailure(error, operation)
        } catch let error as NetlinkError {
            throw CommandFailure(error, operation, context)
        }
    }
}

/// What is listed, made and deleted by the words of `ip`.
protocol RoutingNoun {
    static var noun: String { get }
    static var listAbstract: String { get }
    /// Those that the words choose; none is all.
    static func list(_ list: [String], _ family: AddressFamily, _ view: inout RoutingView) throws -> RouteListing
    /// Makes it by the mode, or deletes it where that is nil.
    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws
}

protocol RoutingVerb {
    static var mode: ChangeMode? { get }
    static var abstract: String { get }
}

extension RoutingVerb { static var name: String { mode.map { "\($0)" } ?? "delete" } }

enum AddVerb: RoutingVerb {
    static let mode: ChangeMode? = .add
    static let abstract = "Makes one that is not there."
}
enum ReplaceVerb: RoutingVerb {
    static let mode: ChangeMode? = .replace
    static let abstract = "Makes one, in the place of one that is there."
}
enum ChangeVerb: RoutingVerb {
    static let mode: ChangeMode? = .change
    static let abstract = "Changes one that is there."
}
enum AppendVerb: RoutingVerb {
    static let mode: ChangeMode? = .append
    static let abstract = "Makes one behind those that are there."
}
enum PrependVerb: RoutingVerb {
    static let mode: ChangeMode? = .prepend
    static let abstract = "Makes one before those that are there."
}
enum DeleteVerb: RoutingVerb {
    static let mode: ChangeMode? = nil
    static let abstract = "Deletes one."
}

/// A verb that changes the running kernel; the answer is an empty object.
struct RoutingChange<Noun: RoutingNoun, Verb: RoutingVerb>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Verb.name, abstract: Verb.abstract,
            usage: "slipway \(Noun.noun) \(Verb.name) <word> … [--json]")
    }
    @OptionGroup var output: OutputOptions
    @Argument(parsing: .allUnrecognized, help: "As 'ip' takes them after the verb.") var words: [String]

    func run() throws {
        try RoutingView.looking("\(Noun.noun) \(Verb.name)") { try Noun.change(Verb.mode, words, &$0) }
        try output.answer([:], table: "")
    }
}
