using RemoteStore.Api;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Places;
using RemoteStore.Compactor;
using RemoteStore.Distributor;
using RemoteStore.PromQL;
using RemoteStore.Querier.Monitoring;
using RemoteStore.QueryFrontend;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.StoreGateway;
using RemoteStore.Tsdb;

namespace RemoteStore.Server.Options;

/// <summary>All settings of the process, one section per component. Names, texts and parsing are in <see cref="OptionTable"/>.</summary>
internal sealed record RemoteStoreOptions
{
    /// <summary>Listeners and roles of the process.</summary>
    public ServerOptions Server { get; init; } = new();

    /// <summary>The store of recent data. Its limits of tenants are those of <see cref="Limits"/>.</summary>
    public TsdbOptions Storage { get; init; } = new() { DataDirectory = "./data" };

    /// <summary>Where blocks are kept for long.</summary>
    public ObjectStoreOptions ObjectStore { get; init; } = new();

    /// <summary>How blocks are handed on to it.</summary>
    public BlockStoreOptions Blocks { get; init; } = new();

    /// <summary>Which windows are made of old blocks.</summary>
    public DownsamplingOptions Downsampling { get; init; } = new();

    /// <summary>What reading blocks there may cost.</summary>
    public StoreGatewayOptions StoreGateway { get; init; } = new();

    /// <summary>The compactor. Its work directory is relative to the data directory.</summary>
    public CompactorOptions Compactor { get; init; } = new() { WorkDirectory = "compactor" };

    /// <summary>The remote-write receiver.</summary>
    public RemoteWriteOptions Write { get; init; } = new();

    /// <summary>How queries are evaluated and what they may cost.</summary>
    public EngineOptions Query { get; init; } = new();

    /// <summary>How queries wait, are cut and kept.</summary>
    public QueryFrontendOptions QueryFrontend { get; init; } = new();

    /// <summary>What is logged and remembered of queries.</summary>
    public QueryMonitorOptions QueryMonitor { get; init; } = new();

    /// <summary>Remote read.</summary>
    public ReadApiOptions Read { get; init; } = new();

    /// <summary>Quotas of each tenant.</summary>
    public LimitsOptions Limits { get; init; } = new();

    /// <summary>Whether requests name a tenant.</summary>
    public MultitenancyOptions Multitenancy { get; init; } = new();

    /// <summary>Which rules are evaluated, and when.</summary>
    public RulerOptions Ruler { get; init; } = new();

    /// <summary>Where alerts are sent.</summary>
    public AlertmanagerOptions Alertmanager { get; init; } = new();

    /// <summary>The log.</summary>
    public LogOptions Log { get; init; } = new();
}
