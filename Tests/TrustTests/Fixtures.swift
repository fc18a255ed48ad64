import FoundationEssentials
import Kernel
import SystemPackage
import Testing
import Trust

/// The recorded documents of Tests/Fixtures/trust; its README says where they are from.
enum Fixture {
    static let directory = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures/trust")

    static func read(_ name: String) throws -> [UInt8] {
        try LiveFiles().contents(of: directory.appending(name), limit: 1 << 20)
    }

    static func base64(_ name: String) throws -> [UInt8] {
        let text = String(decoding: try read(name), as: UTF8.self).filter { !$0.isWhitespace }
        return Data(base64Encoded: text).map { Array($0) } ?? []
    }

    static func certificate(_ name: String) throws -> Certificate {
        try Certificate.certificates(inPEM: try read(name), file: name, for: "a fixture")[0]
    }
}

extension Array where Element == UInt8 {
    /// RFC 4648, section 5, without padding.
    var base64URL: String {
        Data(self).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// What was thrown, or nil where nothing was.
func failure<Answer>(_ body: () throws -> Answer) -> TrustError? {
    do {
        _ = try body()
        return nil
    } catch {
        let error = error as? TrustError
        #expect(error != nil, "another module's error")
        return error
    }
}
