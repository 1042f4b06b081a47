using System.Diagnostics;
using System.Globalization;
using System.Net;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Testing;

namespace RemoteStore.CompatTests.S3;

/// <summary>
/// A Ceph object gateway with a monitor and a memory-only object store behind it, all on 127.0.0.1: an S3 server that checks signatures and honours
/// conditional writes. Ready in some fifteen seconds; nothing of it stays.
/// </summary>
internal sealed class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "COMPATTESTS";
    public const string SecretKey = "of-no-value-to-anybody";

    /// <summary>What has to be installed (Debian: <c>ceph-mon</c>, <c>ceph-osd</c>, <c>radosgw</c>).</summary>
    public static readonly string[] Programs = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool", "ceph-authtool"];

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-ceph-").FullName;
    private readonly List<Process> _daemons = [];
    private readonly int _monitorPort = FreePorts.Next();
    private readonly int _port = FreePorts.Next();

    private RadosGateway()
    {
    }

    /// <summary>Host and port of the S3 server.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Starts everything and waits until it answers.</summary>
    public static async Task<RadosGateway> StartAsync(CancellationToken cancellationToken)
    {
        var gateway = new RadosGateway();
        try
        {
            await gateway.InitialiseAsync(cancellationToken);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = _daemons.Count - 1; i >= 0; i--)
        {
            if (!_daemons[i].HasExited)
            {
                _daemons[i].Kill();
            }

            await _daemons[i].WaitForExitAsync(CancellationToken.None);
            _daemons[i].Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        string cluster = Guid.NewGuid().ToString();
        string store = Guid.NewGuid().ToString();
        foreach (string folder in (string[])["mon", "osd", "rgw", "log", "run"])
        {
            Directory.CreateDirectory(Path.Combine(_directory, folder));
        }

        await File.WriteAllTextAsync(Path.Combine(_directory, "ceph.conf"), Configuration(cluster) + "\n", cancellationToken);
        string keys = Path.Combine(_directory, "keyring");
        string map = Path.Combine(_directory, "monmap");
        await RunAsync("ceph-authtool", ["-C", keys, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"], cancellationToken);
        await RunAsync(
            "ceph-authtool",
            [keys, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"],
            cancellationToken);
        await RunAsync("ceph-authtool", [keys, "--gen-key", "-n", "client.rgw", "--cap", "mon", "allow *", "--cap", "osd", "allow *"], cancellationToken);
        await RunAsync(
            "monmaptool", ["--create", "--fsid", cluster, "--enable-all-features", "--addv", "a", $"[v2:127.0.0.1:{_monitorPort}]", map], cancellationToken);
        await RunAsync("ceph-mon", ["-i", "a", "--mkfs", "--monmap", map, "--keyring", keys], cancellationToken);
        Start("ceph-mon", "-i", "a", "-f");
        await RunAsync("ceph", ["osd", "new", store], cancellationToken);
        await RunAsync("ceph-osd", ["-i", "0", "--mkfs", "--osd-uuid", store], cancellationToken);
        Start("ceph-osd", "-i", "0", "-f");
        await Until.TrueAsync(
            "the object store is up",
            TimeSpan.FromSeconds(60),
            async () => (await RunAsync("ceph", ["osd", "stat"], cancellationToken)).Contains("1 up", StringComparison.Ordinal),
            () => "see the logs in " + _directory,
            cancellationToken);
        Start("radosgw", "-n", "client.rgw", "-f");
        using var http = new HttpClient();
        await Until.TrueAsync(
            "the gateway answers",
            TimeSpan.FromSeconds(90),
            async () => await AnswersAsync(http, cancellationToken),
            () => "see the logs in " + _directory,
            cancellationToken);
        await RunAsync(
            "radosgw-admin", ["user", "create", "--uid=t", "--display-name=t", $"--access-key={AccessKey}", $"--secret-key={SecretKey}"], cancellationToken);
    }

    private async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://{Endpoint}/"), cancellationToken);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Configuration(string cluster) =>
        $"""
        [global]
        fsid = {cluster}
        mon_host = v2:127.0.0.1:{_monitorPort}
        public_addr = 127.0.0.1
        cluster_addr = 127.0.0.1
        ms_bind_port_min = 26100
        ms_bind_port_max = 26900
        ms_bind_msgr1 = false
        auth_cluster_required = none
        auth_service_required = none
        auth_client_required = none
        ms_mon_client_mode = crc secure
        osd_pool_default_size = 1
        osd_pool_default_min_size = 1
        osd_pool_default_pg_num = 1
        osd_pool_default_pgp_num = 1
        osd_pool_default_pg_autoscale_mode = off
        osd_crush_chooseleaf_type = 0
        mon_allow_pool_size_one = true
        mon_max_pg_per_osd = 1000
        run_dir = {_directory}/run
        admin_socket =
        log_file = {_directory}/log/$name.log
        mon_cluster_log_file = {_directory}/log/cluster.log
        keyring = {_directory}/keyring
        osd_objectstore = memstore
        memstore_device_bytes = 1073741824
        osd_memory_target = 939524096
        [mon.a]
        mon_data = {_directory}/mon
        [osd.0]
        osd_data = {_directory}/osd
        [client.rgw]
        rgw_data = {_directory}/rgw
        rgw_frontends = beast endpoint=127.0.0.1:{_port}
        rgw_run_sync_thread = false
        """;

    private ProcessStartInfo Command(string program, IEnumerable<string> arguments)
    {
        string file = PeerProcess.Find(program) ?? throw new FileNotFoundException($"{program} is required (REMOTESTORE_REQUIRE_PEERS=1) and not installed");
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CEPH_CONF"] = Path.Combine(_directory, "ceph.conf");
        return start;
    }

    private void Start(string program, params string[] arguments)
    {
        Process daemon = Process.Start(Command(program, arguments))!;
        daemon.OutputDataReceived += static (_, _) => { };
        daemon.ErrorDataReceived += static (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        _daemons.Add(daemon);
    }

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(Command(program, arguments))!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }
}
