using RemoteStore.Distributor;
using RemoteStore.Model.Labels;
using RemoteStore.Server.Options.Values;
using RemoteStore.Storage.Appending;
using static RemoteStore.Server.Options.OptionTypes;

namespace RemoteStore.Server.Options;

/// <summary>Every option of the process, in the order <c>--help</c> lists them. Defaults are those of the records.</summary>
internal static class OptionTable
{
    private const string Server = "Server";
    private const string Storage = "Storage";
    private const string Write = "Remote write";
    private const string Read = "Queries";
    private const string Limits = "Limits of each tenant";
    private const string Log = "Log";

    /// <summary>All options.</summary>
    public static IReadOnlyList<OptionDescriptor> All { get; } =
    [
        new OptionDescriptor<ListenAddress>
        {
            Group = Server,
            Name = "listen",
            ValueName = "address",
            Help = "Where HTTP/1.1 is served: writes, queries, health and metrics. Port 0 lets the system choose.",
            Parse = ListenAddress.TryParse!,
            Print = static value => value.ToString(),
            Get = static o => o.Server.Listen,
            With = static (o, value) => o with { Server = o.Server with { Listen = value } },
        },
        new OptionDescriptor<ListenAddress?>
        {
            Group = Server,
            Name = "grpc-listen",
            ValueName = "address",
            Help = "Where gRPC is served between roles that run apart; empty = not at all. Refused unless a role of -target needs it.",
            Parse = static (string text, out ListenAddress? value, out string? error) =>
            {
                value = null;
                error = null;
                return text.Length == 0 || ListenAddress.TryParse(text, out value, out error);
            },
            Print = static value => value?.ToString() ?? "",
            Get = static o => o.Server.GrpcListen,
            With = static (o, value) => o with { Server = o.Server with { GrpcListen = value } },
        },
        Text(Server, "data-dir", "path", "Folder of everything that is stored; one process at a time uses it.",
            static o => o.Storage.DataDirectory,
            static (o, value) => o with { Storage = o.Storage with { DataDirectory = value } },
            static value => value.Length == 0 ? "must not be empty" : null),
        Text(Server, "target", "roles", "Roles this process plays; all = everything in one process.",
            static o => o.Server.Target,
            static (o, value) => o with { Server = o.Server with { Target = value } },
            static value => value == ServerOptions.AllRoles ? null : $"'{value}' is not a role this version runs apart; the only target is {ServerOptions.AllRoles}"),
        Text(Server, "config.file", "path", "YAML file with options; flags and environment override it.",
            static o => o.Server.ConfigFile,
            static (o, value) => o with { Server = o.Server with { ConfigFile = value } }),
        Duration(Server, "server.shutdown-timeout", "Longest wait at shutdown for requests that are being served.",
            static o => o.Server.ShutdownTimeout,
            static (o, value) => o with { Server = o.Server with { ShutdownTimeout = value } }),
        Switch(Server, "multitenancy.enabled", "Take the tenant of each request from X-Scope-OrgID and require it; else all data is one tenant's.",
            static o => o.Multitenancy.Enabled,
            static (o, value) => o with { Multitenancy = o.Multitenancy with { Enabled = value } }),

        Duration(Storage, "retention", "Remove and refuse raw samples older than this; 0 = keep for ever.",
            static o => o.Storage.Retention,
            static (o, value) => o with { Storage = o.Storage with { Retention = value } }),
        Duration(Storage, "storage.out-of-order-window", "How far a sample may lie behind the newest of its own series.",
            static o => o.Storage.OutOfOrderWindow,
            static (o, value) => o with { Storage = o.Storage with { OutOfOrderWindow = value } }),
        Duration(Storage, "storage.max-future", "How far a sample may lie in the future.",
            static o => o.Storage.MaxFuture,
            static (o, value) => o with { Storage = o.Storage with { MaxFuture = value } }),
        Duration(Storage, "storage.flush-interval", "Write the rows in memory to a part at least this often.",
            static o => o.Storage.FlushInterval,
            static (o, value) => o with { Storage = o.Storage with { FlushInterval = value } },
            TimeSpan.FromMilliseconds(100)),
        Count(Storage, "storage.flush-rows", "Rows in memory, over all tenants, that start a flush.",
            static o => o.Storage.FlushRows,
            static (o, value) => o with { Storage = o.Storage with { FlushRows = (int)value } },
            1_000, 100_000_000),
        Size(Storage, "storage.wal-segment-bytes", "Size of a write-ahead log segment file, rounded up to a power of two.",
            static o => o.Storage.WalSegmentBytes,
            static (o, value) => o with { Storage = o.Storage with { WalSegmentBytes = value } },
            1L << 20, 1L << 30),
        Duration(Storage, "storage.block-range", "Width of the time ranges that blocks are made for, the same over the life of a data directory.",
            static o => o.Storage.BlockRange,
            static (o, value) => o with { Storage = o.Storage with { BlockRange = value } },
            TimeSpan.FromSeconds(1)),
        Choice(Storage, "storage.durability", "What an acknowledged write stands for: synced to disk, or in memory only (lost with the machine).",
            static o => o.Storage.Durability,
            static (o, value) => o with { Storage = o.Storage with { Durability = value } },
            ("fsync", Durability.Fsync), ("memory", Durability.Memory)),

        Size(Write, RemoteWriteOptions.MaxRequestOption, "Largest remote-write request, as sent and after decompression.",
            static o => o.Write.MaxRequestBytes,
            static (o, value) => o with { Write = o.Write with { MaxRequestBytes = (int)value } },
            1L << 10, 1L << 30),
        Size(Write, "write.max-inflight-bytes", "Most bytes of requests held at once; further ones are told to come back.",
            static o => o.Write.MaxInflightBytes,
            static (o, value) => o with { Write = o.Write with { MaxInflightBytes = value } },
            1L << 20, 1L << 40),

        Duration(Read, "query.lookback-delta", "How far an instant selector looks back for a sample.",
            static o => o.Query.LookbackDelta,
            static (o, value) => o with { Query = o.Query with { LookbackDelta = value } },
            TimeSpan.FromMilliseconds(1)),
        Duration(Read, "query.timeout", "Longest time a query may take.",
            static o => o.Query.Timeout,
            static (o, value) => o with { Query = o.Query with { Timeout = value } },
            TimeSpan.FromMilliseconds(1)),
        Count(Read, "query.max-samples", "Most samples a query may hold at a time.",
            static o => o.Query.MaxSamples,
            static (o, value) => o with { Query = o.Query with { MaxSamples = value } },
            1),
        Size(Read, "remote-read.max-request-bytes", "Largest remote-read request, as sent and after decompression.",
            static o => o.Read.RemoteReadMaxRequestBytes,
            static (o, value) => o with { Read = o.Read with { RemoteReadMaxRequestBytes = (int)value } },
            1L << 10, 1L << 30),
        Size(Read, "remote-read.max-response-bytes", "Largest remote-read response before compression.",
            static o => o.Read.RemoteReadMaxResponseBytes,
            static (o, value) => o with { Read = o.Read with { RemoteReadMaxResponseBytes = (int)value } },
            1L << 10, 1L << 30),
        Count(Read, "remote-read.sample-limit", "Most samples of one remote-read response.",
            static o => o.Read.RemoteReadSampleLimit,
            static (o, value) => o with { Read = o.Read with { RemoteReadSampleLimit = value } },
            1),
        Count(Read, "remote-read.concurrency", "Remote reads served at once; further ones wait.",
            static o => o.Read.RemoteReadConcurrency,
            static (o, value) => o with { Read = o.Read with { RemoteReadConcurrency = (int)value } },
            1, 10_000),

        Count(Limits, LabelLimits.MaxLabelsOption, "Most labels of a series, its name included; 0 = unlimited.",
            static o => o.Limits.Defaults.Labels.MaxLabels,
            static (o, value) => o with { Limits = o.Limits.WithLabels(l => l with { MaxLabels = (int)value }) }),
        Count(Limits, LabelLimits.MaxNameLengthOption, "Longest label name, in bytes; 0 = unlimited.",
            static o => o.Limits.Defaults.Labels.MaxNameLength,
            static (o, value) => o with { Limits = o.Limits.WithLabels(l => l with { MaxNameLength = (int)value }) }),
        Count(Limits, LabelLimits.MaxValueLengthOption, "Longest label value, in bytes; 0 = unlimited.",
            static o => o.Limits.Defaults.Labels.MaxValueLength,
            static (o, value) => o with { Limits = o.Limits.WithLabels(l => l with { MaxValueLength = (int)value }) }),
        Count(Limits, "limits.max-exemplars", "Exemplars kept, the newest; 0 = none.",
            static o => o.Limits.Defaults.MaxExemplars,
            static (o, value) => o with { Limits = o.Limits with { Defaults = o.Limits.Defaults with { MaxExemplars = (int)value } } }),
        Count(Limits, "limits.max-active-series", "Most active series; 0 = unlimited.",
            static o => o.Limits.Defaults.MaxActiveSeries,
            static (o, value) => o with { Limits = o.Limits with { Defaults = o.Limits.Defaults with { MaxActiveSeries = (int)value } } }),

        Choice(Log, "log.format", "Form of log lines on standard error.",
            static o => o.Log.Format,
            static (o, value) => o with { Log = o.Log with { Format = value } },
            ("logfmt", LogFormat.Logfmt), ("json", LogFormat.Json)),
        Choice(Log, "log.level", "Least important level that is written.",
            static o => o.Log.Level,
            static (o, value) => o with { Log = o.Log with { Level = value } },
            ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error)),
    ];
}
