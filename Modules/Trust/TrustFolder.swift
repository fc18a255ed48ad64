public import Kernel
public import SystemPackage

/// A folder of keys or certificates: a file of PEM or JSON each.
public struct TrustFolder: Sendable {
    /// More files than this are refused, whatever is in them.
    public static let fileLimit = 256
    /// Of each, in bytes.
    public static let sizeLimit = 1 << 16

    /// Absolute, as the host sees it: `/etc/slipway/trust/aws`.
    public let path: FilePath
    private let host: HostRoot

    public init(_ path: FilePath, on host: HostRoot) {
        self.path = path
        self.host = host
    }

    /// Its path, in words.
    public var name: String { path.string }

    /// A file's path, in words.
    public func name(of file: String) -> String { path.appending(file).string }

    /// A file; nil where there is none. `name` has to be one component: what has a slash in it is in no folder.
    public func contents(of name: String, for subject: String) throws(TrustError) -> [UInt8]? {
        guard let component = FilePath.Component(name), component.kind == .regular, component.string == name else {
            return nil
        }
        do throws(OSError) {
            // One byte more than may be tells a file that is too long.
            let bytes = try host.contents(of: path.appending(component), limit: Self.sizeLimit + 1)
            guard bytes.count <= Self.sizeLimit else {
                let problem = "longer than the limit of \(Self.sizeLimit) bytes"
                throw OSError(operation: problem, errno: .fileTooLarge)
            }
            return bytes
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw TrustError(subject, .badKey(file: self.name(of: name), problem: error.reason))
        }
    }

    /// The names of the files that end so, sorted; none where there is no folder.
    public func files(endingIn suffixes: [String], for subject: String) throws(TrustError) -> [String] {
        let names: [String]
        do throws(OSError) {
            names = try host.entries(of: path)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return [] }
            throw TrustError(subject, .badKey(file: path.string, problem: error.reason))
        }
        let found = names.filter { name in !name.hasPrefix(".") && suffixes.contains { name.hasSuffix($0) } }
        guard found.count <= Self.fileLimit else {
            throw TrustError(subject, .badKey(file: path.string, problem: "more than \(Self.fileLimit) files"))
        }
        return found
    }

    /// Those files with what is in them.
    public func contents(
        endingIn suffixes: [String], for subject: String
    ) throws(TrustError) -> [(name: String, bytes: [UInt8])] {
        var result: [(name: String, bytes: [UInt8])] = []
        for name in try files(endingIn: suffixes, for: subject) {
            if let bytes = try contents(of: name, for: subject) { result.append((name, bytes)) }
        }
        return result
    }
}
