using System.Text;
using CsCheck;
using Shouldly;
using Xunit;

namespace RemoteStore.ObjectStore.Tests;

/// <summary>What every bucket promises; one subclass per kind.</summary>
public abstract class BucketContract : IAsyncLifetime
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly string[] s_keys = ["a", "b/c", "b/d", "b-1/x", "b/e/f"];

    protected IBucket Bucket { get; private set; } = null!;

    public async Task InitializeAsync() => Bucket = await OpenAsync();

    public abstract Task DisposeAsync();

    /// <summary>What errors call an object.</summary>
    protected virtual string NameInErrors(string key) => key;

    [Fact]
    public async Task Read_OfRange_ReturnsItsBytes()
    {
        await PutAsync("tenant/block/chunks", "0123456789");
        byte[] buffer = new byte[4];
        (await Bucket.ReadAsync("tenant/block/chunks", 3, buffer, s_none)).ShouldBe(4);
        Encoding.ASCII.GetString(buffer).ShouldBe("3456");
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(10, 0)]
    [InlineData(1000, 0)]
    public async Task Read_BeyondTheEnd_ReturnsWhatThereIs(long offset, int expected)
    {
        await PutAsync("a", "0123456789");
        (await Bucket.ReadAsync("a", offset, new byte[5], s_none)).ShouldBe(expected);
    }

    [Fact]
    public async Task Read_OfMissing_Throws()
    {
        (await Should.ThrowAsync<ObjectNotFoundException>(async () => await Bucket.ReadAsync("no/such", 0, new byte[1], s_none))).Key.ShouldBe(NameInErrors("no/such"));
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await Bucket.ReadAllAsync("no/such", 10, s_none));
    }

    [Fact]
    public async Task ReadAll_LargerThanAllowed_Throws()
    {
        await PutAsync("a", "0123456789");
        (await Bucket.ReadAllAsync("a", 10, s_none)).Length.ShouldBe(10);
        BucketException thrown = await Should.ThrowAsync<BucketException>(async () => await Bucket.ReadAllAsync("a", 9, s_none));
        thrown.Message.ShouldContain("10");
        thrown.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Stat_TellsSize()
    {
        await PutAsync("a/b", "0123456789");
        await PutAsync("empty", "");
        (await Bucket.StatAsync("a/b", s_none))!.SizeBytes.ShouldBe(10);
        (await Bucket.StatAsync("empty", s_none))!.SizeBytes.ShouldBe(0);
        (await Bucket.StatAsync("a", s_none)).ShouldBeNull();
        (await Bucket.StatAsync("a/b/c", s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task Write_Again_Replaces()
    {
        await PutAsync("a", "old and longer");
        await PutAsync("a", "new");
        Encoding.ASCII.GetString(await Bucket.ReadAllAsync("a", 100, s_none)).ShouldBe("new");
    }

    [Fact]
    public async Task Write_CreateOnly_RefusesTheSecond()
    {
        await PutAsync("a", "first", WriteMode.CreateOnly);
        (await Should.ThrowAsync<ObjectExistsException>(async () => await PutAsync("a", "second", WriteMode.CreateOnly))).Key.ShouldBe(NameInErrors("a"));
        Encoding.ASCII.GetString(await Bucket.ReadAllAsync("a", 100, s_none)).ShouldBe("first");
    }

    [Fact]
    public async Task Write_CreateOnlyByMany_HasOneWinner()
    {
        if (!Bucket.IsCreateAtomic)
        {
            return; // it says so itself; who needs a winner asks first
        }

        int winners = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), async (i, token) =>
        {
            try
            {
                await Bucket.WriteAsync("contended", new MemoryContent(new[] { (byte)i }), WriteMode.CreateOnly, token);
                Interlocked.Increment(ref winners);
            }
            catch (ObjectExistsException)
            {
                // the others
            }
        });
        winners.ShouldBe(1);
    }

    [Fact]
    public async Task Delete_RemovesAndForgivesMissing()
    {
        await PutAsync("a/b", "x");
        await PutAsync("a/c", "y");
        await Bucket.DeleteAsync("a/b", s_none);
        await Bucket.DeleteAsync("a/b", s_none);
        await Bucket.DeleteAsync("never/was", s_none);
        (await KeysAsync("")).ShouldBe(["a/c"]);
    }

    [Fact]
    public async Task List_IsInOrderOfKeys()
    {
        foreach (string key in (string[])["t/b/x", "t-1/a", "t/a.b", "t/a/z", "u"])
        {
            await PutAsync(key, "1");
        }

        (await KeysAsync("")).ShouldBe(["t-1/a", "t/a.b", "t/a/z", "t/b/x", "u"]);
        (await KeysAsync("t/")).ShouldBe(["t/a.b", "t/a/z", "t/b/x"]);
        (await KeysAsync("t/a")).ShouldBe(["t/a.b", "t/a/z"]);
        (await KeysAsync("v")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListFolders_NamesEachOnce()
    {
        foreach (string key in (string[])["a/1", "a/2/x", "a-b/1", "top", "b/c/d/e"])
        {
            await PutAsync(key, "1");
        }

        (await FoldersAsync("")).ShouldBe(["a-b", "a", "b"]);
        (await FoldersAsync("a/")).ShouldBe(["2"]);
        (await FoldersAsync("b/c/")).ShouldBe(["d"]);
        (await FoldersAsync("none/")).ShouldBeEmpty();
        await Bucket.DeleteAsync("b/c/d/e", s_none);
        (await FoldersAsync("")).ShouldBe(["a-b", "a"]);
    }

    [Fact]
    public async Task Write_OfManySizes_RoundTrips()
    {
        foreach (int size in (int[])[0, 1, 4096, (5 << 20) - 1, 5 << 20, (17 << 20) + 3])
        {
            byte[] bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            await Bucket.WriteAsync("sized", new MemoryContent(bytes), WriteMode.Replace, s_none);
            (await Bucket.ReadAllAsync("sized", size, s_none)).AsSpan().SequenceEqual(bytes).ShouldBeTrue($"{size} bytes");
            (await Bucket.StatAsync("sized", s_none))!.SizeBytes.ShouldBe(size);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("a/")]
    [InlineData("a b")]
    [InlineData("ä")]
    public async Task Write_WithBadKey_IsRefused(string key) =>
        await Should.ThrowAsync<ArgumentException>(async () => await PutAsync(key, "x"));

    [Fact]
    public async Task Operations_BehaveAsAMapOfBytes()
    {
        Gen<(int Kind, string Key, byte[] Bytes)> operation = Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, s_keys.Length - 1].Select(static i => s_keys[i]), Gen.Byte.Array[0, 20], static (kind, key, bytes) => (kind, key, bytes));
        await operation.Array[1, 30].SampleAsync(
            async operations =>
            {
                foreach (string key in await KeysAsync(""))
                {
                    await Bucket.DeleteAsync(key, s_none);
                }

                var model = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
                foreach ((int kind, string key, byte[] bytes) in operations)
                {
                    await ApplyAsync(model, kind, key, bytes);
                }

                (await KeysAsync("")).ShouldBe(model.Keys);
                foreach ((string key, byte[] bytes) in model)
                {
                    (await Bucket.ReadAllAsync(key, 100, s_none)).ShouldBe(bytes);
                }
            },
            iter: ModelRuns,
            threads: 1);
    }

    /// <summary>Generated histories that are tried; fewer where a request costs more.</summary>
    protected virtual int ModelRuns => 100;

    protected abstract Task<IBucket> OpenAsync();

    private async Task ApplyAsync(SortedDictionary<string, byte[]> model, int kind, string key, byte[] bytes)
    {
        switch (kind)
        {
            case 0:
                await Bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);
                model[key] = bytes;
                break;
            case 1 when !model.ContainsKey(key):
                await Bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.CreateOnly, s_none);
                model[key] = bytes;
                break;
            case 1:
                await Should.ThrowAsync<ObjectExistsException>(async () => await Bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.CreateOnly, s_none));
                break;
            case 2:
                await Bucket.DeleteAsync(key, s_none);
                _ = model.Remove(key);
                break;
            default:
                (await Bucket.StatAsync(key, s_none))?.SizeBytes.ShouldBe(model[key].Length);
                break;
        }
    }

    private ValueTask PutAsync(string key, string text, WriteMode mode = WriteMode.Replace) =>
        Bucket.WriteAsync(key, new MemoryContent(Encoding.ASCII.GetBytes(text)), mode, s_none);

    private async Task<List<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (ObjectAttributes one in Bucket.ListAsync(prefix, s_none))
        {
            keys.Add(one.Key);
        }

        return keys;
    }

    private async Task<List<string>> FoldersAsync(string prefix)
    {
        var folders = new List<string>();
        await foreach (string one in Bucket.ListFoldersAsync(prefix, s_none))
        {
            folders.Add(one);
        }

        return folders;
    }
}
