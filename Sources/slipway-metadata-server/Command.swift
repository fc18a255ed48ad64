import ArgumentParser
import Documents
import Glibc
import Kernel
import SystemPackage

/// Serves a directory as a cloud's metadata service, for tests and for a virtual machine.
@main
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway-metadata-server",
        abstract: "Serves a directory of files, or recorded exchanges, as a cloud's metadata service.",
        discussion: """
            --exchanges FILE answers as the document says: {"exchanges":[{"method","url","headers":{…},"status",\
            "fields":{…},"body"}],"otherwise":404}; a request without the headers is refused. --directory DIR is EC2's: \
            DIR/latest/meta-data/instance-id answers GET /latest/meta-data/instance-id; a directory answers with its \
            names, one a line, or with the bytes of its file .listing. Names that begin with a dot are never served. \
            When all sockets are bound, one line of JSON on stdout names them.
            """)

    @Option(help: "The files to serve, as EC2 does.")
    var directory: String?

    @Option(help: "The exchanges to answer with.")
    var exchanges: String?

    @Option(help: "ADDRESS:PORT, IPv6 in brackets, port 0 for any; may be repeated.")
    var listen: [ListenAddress]

    @Option(help: "Where each request is logged, one JSON document a line.")
    var log: String?

    @Option(help: "The longest that a token lives, whatever was asked for, in seconds.")
    var tokenTTLCap: Int?

    @Option(help: "Each answer waits so long.")
    var delayMs = 0

    @Option(help: ArgumentHelp(Fault.help, valueName: "spec"))
    var fault: [Fault] = []

    @Flag(help: "End when stdin ends, so that no server outlives what started it.")
    var exitWithStdin = false

    func validate() throws {
        if listen.isEmpty { throw ValidationError("Missing expected argument '--listen <listen>'") }
        guard (directory == nil) != (exchanges == nil) else {
            throw ValidationError("One of --directory DIR and --exchanges FILE says what is served.")
        }
        if let tokenTTLCap, tokenTTLCap < 1 { throw ValidationError("--token-ttl-cap is 1 second or more") }
        guard (0...600_000).contains(delayMs) else { throw ValidationError("--delay-ms is in 0…600000") }
    }

    func run() throws {
        // The log's directory and the served one may be missing: say so before a socket is there.
        let service = try service()
        let log = try log.map { try RequestLog(FilePath($0)) }
        let signals = try EndSignals()  // before NIO's threads, which inherit the mask
        let site = Site(service: service, faults: fault, delay: .milliseconds(delayMs), log: log)
        let addresses = try HTTPServer(site: site).listen(on: listen)
        try StandardStream.output.write(JSONText.encode(["listening": addresses], as: .line) + "\n")
        try signals.wait(orEndOfInput: exitWithStdin)
    }

    private func service() throws -> any Service {
        if let exchanges { return try Recorded(FilePath(exchanges)) }
        let directory = FilePath(directory ?? "")
        _ = try OwnedDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
        return AWS(files: FileTree(directory: directory), tokenTTLCap: tokenTTLCap)
    }

    /// One line for what is wrong; 2 for a wrong command line, 1 for a failure.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                StandardStream.output.write(message(for: error) + "\n")
                Glibc.exit(0)
            }
            StandardStream.error.write("slipway-metadata-server: \(message(for: error))\n")
            Glibc.exit(code == .validationFailure ? 2 : 1)
        }
    }
}

/// stdout and stderr, unbuffered. A reader that went away is no reason to end.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    func write(_ text: String) { _ = try? FileDescriptor(rawValue: rawValue).writeAll(text.utf8) }
}
