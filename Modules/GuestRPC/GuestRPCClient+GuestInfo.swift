public import Kernel

/// The values of `guestinfo`.
///
/// A platform reads all of its keys in one session and gives the channel back:
///
/// ```swift
/// let client = GuestRPCClient(transport)
/// defer { client.close() }
/// let items = try client.items([.metadata, .userData, .vendorData, .ovfEnvironment], until: deadline)
/// …
/// try client.redact([.userData], until: deadline)  // once it was applied, where asked
/// ```
extension GuestRPCClient {
    /// `info-get KEY`: the value's bytes, or nil where the host has none of that name.
    ///
    /// Zero bytes at the end are left out: the host's strings have none in them.
    public func value(of key: GuestInfoKey, until deadline: Deadline) throws(GuestRPCError) -> [UInt8]? {
        do throws(GuestRPCError) {
            var value = try send(
                Array("info-get \(key.name)".utf8), operation: "info-get", on: key.name, until: deadline)
            while value.last == 0 { value.removeLast() }
            return value
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    /// Several of them over one channel; what the host does not have is left out. The first that fails otherwise is thrown.
    public func values(
        of keys: [GuestInfoKey], until deadline: Deadline
    ) throws(GuestRPCError) -> [GuestInfoKey: [UInt8]] {
        var values: [GuestInfoKey: [UInt8]] = [:]
        for key in keys where values[key] == nil { values[key] = try value(of: key, until: deadline) }
        return values
    }

    /// `info-set KEY VALUE`. The host keeps it until the machine is powered off.
    ///
    /// - Parameter value: without a zero byte. An empty one is sent as a single space: the host takes no empty value
    ///   (cloud-init's DataSourceVMware).
    public func setValue(
        _ value: [UInt8], of key: GuestInfoKey, until deadline: Deadline
    ) throws(GuestRPCError) {
        let sent = value.isEmpty ? [UInt8(ascii: " ")] : value
        _ = try send(
            Array("info-set \(key.name) ".utf8) + sent, operation: "info-set", on: key.name, until: deadline)
    }

    /// A value with the name of its encoding (`KEY.encoding`), or nil where the host has none or a blank one (``GuestInfoItem/isBlank(_:)``).
    public func item(_ key: GuestInfoKey, until deadline: Deadline) throws(GuestRPCError) -> GuestInfoItem? {
        guard let value = try value(of: key, until: deadline), !GuestInfoItem.isBlank(value) else { return nil }
        let said = try self.value(of: key.encoding, until: deadline) ?? []
        let word = String(decoding: said.filter { !GuestInfoItem.isSpace($0) }, as: UTF8.self).lowercased()
        return GuestInfoItem(key: key, value: value, encoding: word.isEmpty || word == "---" ? nil : word)
    }

    /// Several of them over one channel, in the order of the keys; what the host does not have is left out.
    public func items(
        _ keys: [GuestInfoKey], until deadline: Deadline
    ) throws(GuestRPCError) -> [GuestInfoItem] {
        var items: [GuestInfoItem] = []
        for key in keys {
            if let item = try item(key, until: deadline) { items.append(item) }
        }
        return items
    }

    /// Takes values away from the host: each becomes `---`, and its encoding a space, as cloud-init does it. What the host does not have,
    /// or has blank, stays as it is.
    ///
    /// All of them are tried; the first failure is thrown at the end.
    public func redact(_ keys: [GuestInfoKey], until deadline: Deadline) throws(GuestRPCError) {
        var failure: GuestRPCError?
        for key in keys {
            do throws(GuestRPCError) {
                guard let value = try value(of: key, until: deadline) else { continue }
                if !GuestInfoItem.isBlank(value) {
                    try setValue(GuestInfoItem.placeholder, of: key, until: deadline)
                }
                if let encoding = try self.value(of: key.encoding, until: deadline), !GuestInfoItem.isBlank(encoding) {
                    try setValue([], of: key.encoding, until: deadline)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
