import ArgumentParser
import NIOCore

/// `127.0.0.1:8080` or `[fd00:ec2::254]:80`.
struct ListenAddress: ExpressibleByArgument, Hashable, Sendable {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        self.host = String(host)
        self.port = Int(port)
        if (try? socketAddress) == nil { return nil }
    }

    var socketAddress: SocketAddress {
        get throws { try SocketAddress(ipAddress: host, port: port) }
    }
}

extension SocketAddress {
    /// As it is written in a command line and a log: `127.0.0.1:8080`, `[::1]:8080`.
    var text: String {
        guard let ipAddress, let port else { return "?" }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }
}
