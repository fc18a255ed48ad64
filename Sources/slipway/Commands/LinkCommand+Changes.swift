import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage

extension LinkCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a link.",
            usage: "slipway link add [link <link>] <name> [<option> …] type <kind> [<option> …]")
        @OptionGroup var output: OutputOptions
        @Argument(parsing: .allUnrecognized, help: "As 'ip link add' takes them.") var words: [String]

        func run() throws {
            try LinkCommand.change("link add", words, .add, output) { route, request, _ throws(NetlinkError) in
                try route.addLink(request.settings, until: LinkCommand.deadline)
                guard !request.alternativeNames.isEmpty, let name = request.settings.name else { return }
                let link = try route.link(named: name, until: LinkCommand.deadline)
                try route.addAlternativeNames(request.alternativeNames, to: link.index, until: LinkCommand.deadline)
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes a link.", usage: "slipway link set <link> <option> …")
        @OptionGroup var output: OutputOptions
        @Argument(parsing: .allUnrecognized, help: "As 'ip link set' takes them.") var words: [String]

        func run() throws {
            try LinkCommand.change("link set", words, .set, output) { route, request, index throws(NetlinkError) in
                try route.setLink(index, request.settings, until: LinkCommand.deadline)
                guard !request.alternativeNames.isEmpty else { return }
                try route.addAlternativeNames(request.alternativeNames, to: index, until: LinkCommand.deadline)
            }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a link; of a pair, both.")
        @OptionGroup var output: OutputOptions
        @Argument(help: ArgumentHelp("Its name.", valueName: "link")) var name: String

        func run() throws {
            try LinkCommand.change("link delete", [name], .set, output) { route, _, index throws(NetlinkError) in
                try route.deleteLink(index, until: LinkCommand.deadline)
            }
        }
    }

    /// Reads the words, finds the link that they are about, and makes the change; the answer is an empty object.
    private static func change(
        _ operation: String, _ words: [String], _ command: LinkWords.Command, _ output: OutputOptions,
        _ body: (inout RouteConnection, LinkWords, Int32) throws(NetlinkError) -> Void
    ) throws {
        var context = CommandFailure.Context()
        // Open until the kernel has taken them.
        var namespaces: [Namespace] = []
        do {
            var route = try RouteConnection.open()
            var links = LinkDirectory(try route.links(until: deadline))
            for name in LinkWords.namespaces(in: words) {
                let namespace = try Namespace(name)
                links.namespaceDescriptors[name] = namespace.descriptor
                namespaces.append(namespace)
            }
            context.links = links
            let parsed = try LinkWords.parse(words, command, links)
            context.linkKind = parsed.settings.options?.kindName
            var index: Int32 = 0
            if let target = parsed.target {
                guard let found = links.index(of: target) else { throw noLink(operation, target, links) }
                index = found
            }
            try body(&route, parsed, index)
        } catch let error as WordError {
            throw CommandFailure(error, operation)
        } catch let error as NetlinkError {
            throw CommandFailure(error, operation, context)
        }
        withExtendedLifetime(namespaces) {}
        try output.answer([:], table: "")
    }

    static func noLink(_ operation: String, _ name: String, _ links: LinkDirectory) -> CommandFailure {
        CommandFailure(
            .notFound, operation, on: name, errno: Errno(rawValue: ENODEV), message: "there is no such link",
            hint: "the links are \(links.names.joined(separator: ", "))")
    }
}

/// A network namespace that `ip netns add` named, open.
private final class Namespace {
    let descriptor: Int32

    init(_ name: String) throws(NetlinkError) {
        do throws(OSError) {
            guard !name.contains("/"), let folder = HostRoot.live.path("/run/netns") else {
                throw OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: name)
            }
            descriptor = try OwnedDescriptor.open(folder.appending(name), O_RDONLY).release()
        } catch {
            throw NetlinkError(.namespace, operation: "open", subject: "netns \(name)", errno: error.errno)
        }
    }

    deinit { close(descriptor) }
}
