using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using RemoteStore.Testing.LongTerm;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.Histories.Tests;

/// <summary>
/// The life of blocks on a directory and in memory (on S3: <c>compat-tests</c>), and again with each kind of fault at its requests: at every
/// <c>REMOTESTORE_LIFE_STEP</c>th, from one on that a seed chooses. 1 stands for every one; <c>full.sh</c> does that.
/// </summary>
public sealed class LifeTests(ITestOutputHelper output) : IDisposable
{
    private const int ShortStep = 37;
    private const int ManyInARow = 25; // longer than any step of the story

    private readonly string _directory = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "remotestore-life-" + Guid.NewGuid().ToString("N"))).FullName;

    private int _lives;

    public static TheoryData<string, Fault, int, int> Faults
    {
        get
        {
            var all = new TheoryData<string, Fault, int, int>();
            foreach (string kind in (string[])["memory", "directory"])
            {
                foreach (Fault fault in Enum.GetValues<Fault>().Where(static fault => fault != Fault.None))
                {
                    all.Add(kind, fault, 1, 1);
                    all.Add(kind, fault, ManyInARow, 1);
                }

                foreach (Fault fault in (Fault[])[Fault.Before, Fault.After, Fault.Hang, Fault.Slow])
                {
                    all.Add(kind, fault, 1, 3); // as the server has it: tried again, so that nothing shows
                }
            }

            return all;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("memory")]
    [InlineData("directory")]
    public async Task Life_WithoutFaults_GoesAsTheModelSays(string kind)
    {
        (int requests, int struck) = await PlayAsync(kind, Fault.None, 0, 1, 1);

        output.WriteLine($"{requests} requests");
        struck.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Life_WithFaultsAtAnyRequest_EndsTheSame(string kind, Fault fault, int inARow, int attempts)
    {
        int step = int.TryParse(Environment.GetEnvironmentVariable("REMOTESTORE_LIFE_STEP"), CultureInfo.InvariantCulture, out int given) ? given : ShortStep;
        int seed = Random.Shared.Next(step);
        output.WriteLine($"requests from {1 + seed} on in steps of {step}");
        int played = 0;
        for (int first = 1 + seed; ; first += step)
        {
            try
            {
                (int requests, int struck) = await PlayAsync(kind, fault, first, inARow, attempts);
                played += struck > 0 ? 1 : 0;
                if (first + step > requests)
                {
                    break; // the life is over before
                }
            }
            catch (LifeException e)
            {
                throw new LifeException($"{kind}, {fault} at request {first} ({inARow} in a row, {attempts} attempts): {e.Message}", e);
            }
        }

        output.WriteLine($"{played} lives");
        played.ShouldBeGreaterThan(0);
    }

    private async Task<(int Requests, int Struck)> PlayAsync(string kind, Fault fault, int first, int count, int attempts)
    {
        string directory = Path.Combine(_directory, (++_lives).ToString(CultureInfo.InvariantCulture));
        var now = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        bool inMemory = kind == "memory";
        IBucket bucket = inMemory
            ? new MemoryBucket(new FakeTimeProvider(now))
            : new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(directory, "bucket"));
        try
        {
            return await LifeStory.PlayAsync(
                LifeBucket.Over(bucket, fault, first, count, attempts), Path.Combine(directory, "data"), inMemory ? now : TimeProvider.System.GetUtcNow());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
