import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink
import SystemPackage

/// `-4` and `-6`, as `ip` has them.
struct FamilyOptions: ParsableArguments {
    @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "IPv4 only.") var isIPv4 = false
    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "IPv6 only.") var isIPv6 = false

    func validate() throws {
        if isIPv4, isIPv6 { throw ValidationError("-4 and -6 exclude each other.") }
    }
    var family: AddressFamily { isIPv4 ? .ipv4 : isIPv6 ? .ipv6 : .unspecified }
}

/// A connection, and the names of what the kernel tells by number.
///
/// A verb that reads asks for all and chooses afterwards: a recording has the answer to that question, and to no other.
struct RoutingView: ~Copyable {
    var route: RouteConnection
    let words: ObjectWords
    let deadline: Deadline
    var links: LinkDirectory { words.links }
    var names: RouteNames { words.names }

    init(_ host: Host) throws(NetlinkError) {
        let deadline = LinkCommand.deadline
        var connection = RouteConnection(try host.netlink.open(.route))
        let links = try connection.links(until: deadline)
        let nexthops = try connection.nexthops(until: deadline)
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        words = ObjectWords(
            LinkDirectory(links), RouteNames(of: host.root, links: names, nexthops: nexthops))
        self.deadline = deadline
        route = connection
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

    /// The number of the link of that name; nil where none is asked for.
    func index(_ name: String?, _ operation: String) throws(CommandFailure) -> Int32? {
        guard let name else { return nil }
        guard let index = links.index(of: name) else { throw LinkCommand.noLink(operation, name, links) }
        return index
    }
}

/// What is made and deleted by the words of `ip`.
protocol RoutingNoun {
    static var noun: String { get }
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
