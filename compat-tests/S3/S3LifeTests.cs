using System.Globalization;
using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Testing.LongTerm;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.CompatTests.S3;

/// <summary>
/// The life of blocks that <c>tests/Histories.Tests</c> plays on a directory and in memory, on a real S3 server, and again with each kind of fault on the way to it:
/// at every <c>REMOTESTORE_S3_LIFE_STEP</c>th request, from one on that a seed chooses. 1 stands for every one; <c>full.sh</c> plays more than the short form.
/// </summary>
public sealed class S3LifeTests(RadosGatewayFixture gateway, ITestOutputHelper output) : IClassFixture<RadosGatewayFixture>, IDisposable
{
    private const int ShortStep = 400;
    private const int ManyInARow = 25;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-life-").FullName;
    private int _lives;

    public static TheoryData<string, int> Faults
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (ProxyFault fault in Enum.GetValues<ProxyFault>().Where(static fault => fault != ProxyFault.None))
            {
                all.Add(fault.ToString(), 1);
            }

            all.Add(nameof(ProxyFault.Refuse), ManyInARow);
            all.Add(nameof(ProxyFault.LoseAnswer), ManyInARow);
            return all;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Life_WithoutFaults_GoesAsTheModelSays()
    {
        (int requests, int struck) = await PlayAsync(ProxyFault.None, 0, 1);

        output.WriteLine($"{requests} requests");
        struck.ShouldBe(0);
    }

    [PeerTheory("radosgw", "ceph-mon", "ceph-osd")]
    [MemberData(nameof(Faults))]
    public async Task Life_WithFaultsAtAnyRequest_EndsTheSame(string fault, int inARow)
    {
        int step = int.TryParse(Environment.GetEnvironmentVariable("REMOTESTORE_S3_LIFE_STEP"), CultureInfo.InvariantCulture, out int given) ? given : ShortStep;
        int seed = Random.Shared.Next(step);
        output.WriteLine($"requests from {1 + seed} on in steps of {step}");
        int played = 0;
        for (int first = 1 + seed; ; first += step)
        {
            try
            {
                (int requests, int struck) = await PlayAsync(Enum.Parse<ProxyFault>(fault), first, inARow);
                played += struck > 0 ? 1 : 0;
                if (first + step > requests)
                {
                    break; // the life is over before
                }
            }
            catch (LifeException e)
            {
                throw new LifeException($"{fault} at request {first} ({inARow} in a row): {e.Message}", e);
            }
        }

        output.WriteLine($"{played} lives");
        (played > 0 || seed > 0).ShouldBeTrue();
    }

    private async Task<(int Requests, int Struck)> PlayAsync(ProxyFault fault, int first, int count)
    {
        string directory = Path.Combine(_directory, (++_lives).ToString(CultureInfo.InvariantCulture));
        S3Options options = gateway.Options(await gateway.NewBucketAsync());
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        using var onTheWay = new S3Bucket(options with { Endpoint = proxy.Endpoint });
        using var truth = new S3Bucket(options);
        bool hangs = fault == ProxyFault.Hang;
        int struck = 0;
        bool stopped = false;
        proxy.FaultOf = (number, _) =>
        {
            if (Volatile.Read(ref stopped) || fault == ProxyFault.None || number < first || number >= first + count)
            {
                return ProxyFault.None;
            }

            Interlocked.Increment(ref struck);
            return fault;
        };
        var limited = new RetryingBucket(
            onTheWay, new RetryOptions { MaxAttempts = 1, AttemptTimeout = hangs ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(60) }, TimeProvider.System, new Random(1));
        try
        {
            return await LifeStory.PlayAsync(
                LifeBucket.OnTheWay(limited, truth, () => proxy.Requests, () => Volatile.Read(ref struck), () => Volatile.Write(ref stopped, true)),
                directory, TimeProvider.System.GetUtcNow());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
