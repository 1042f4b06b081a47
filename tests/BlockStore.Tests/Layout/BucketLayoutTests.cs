using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Layout;

public sealed class BucketLayoutTests
{
    private static readonly TenantId s_tenant = BlockMaker.Tenant;
    private static readonly BlockId s_block = BlockMaker.Id(7);

    [Fact]
    public void Keys_AreWhereTheLayoutSays()
    {
        BucketLayout.File(s_tenant, s_block, BlockFile.Meta).ShouldBe($"team-a/{s_block}/meta.json");
        BucketLayout.File(s_tenant, s_block, BlockFile.Index).ShouldBe($"team-a/{s_block}/index");
        BucketLayout.File(s_tenant, s_block, BlockFile.Chunks).ShouldBe($"team-a/{s_block}/chunks");
        BucketLayout.BucketIndex(s_tenant).ShouldBe("team-a/index/bucket-index.json");
        BucketLayout.DeletionMark(s_tenant, s_block).ShouldBe($"team-a/marks/{s_block}.delete.json");
        BucketLayout.BrokenMark(s_tenant, s_block).ShouldBe($"team-a/marks/{s_block}.broken.json");
        BucketLayout.DeletionJob(s_tenant, "job-1").ShouldBe("team-a/deletions/job-1.json");
        BucketLayout.TenantDeletion(s_tenant).ShouldBe("team-a/tenant-deletion.json");
        BucketLayout.RuleGroup(s_tenant, "prod/é", "cpu load").ShouldBe("team-a/rules/prod%2F%C3%A9/cpu%20load");
    }

    [Fact]
    public void Parse_OfKeysItMade_TellsWhatTheyAre()
    {
        BucketLayout.Parse(s_tenant, BucketLayout.File(s_tenant, s_block, BlockFile.Chunks)).ShouldBe(new(BucketKeyKind.BlockFile, s_block, BlockFile.Chunks));
        BucketLayout.Parse(s_tenant, BucketLayout.BlockPrefix(s_tenant, s_block) + "foreign").ShouldBe(new(BucketKeyKind.BlockFile, s_block));
        BucketLayout.Parse(s_tenant, BucketLayout.DeletionMark(s_tenant, s_block)).ShouldBe(new(BucketKeyKind.DeletionMark, s_block));
        BucketLayout.Parse(s_tenant, BucketLayout.BrokenMark(s_tenant, s_block)).ShouldBe(new(BucketKeyKind.BrokenMark, s_block));
        BucketLayout.Parse(s_tenant, BucketLayout.DeletionJob(s_tenant, "job-1")).ShouldBe(new(BucketKeyKind.DeletionJob, Name: "job-1"));
        BucketLayout.Parse(s_tenant, BucketLayout.TenantDeletion(s_tenant)).ShouldBe(new(BucketKeyKind.TenantDeletion));
    }

    [Theory]
    [InlineData("team-a/index/bucket-index.json")]
    [InlineData("team-a/rules/a/b")]
    [InlineData("team-a/marks/no-block.delete.json")]
    [InlineData("team-a/marks/")]
    [InlineData("team-a/not-a-ulid/meta.json")]
    [InlineData("team-a/file")]
    public void Parse_OfOtherKeys_IsOther(string key) => BucketLayout.Parse(s_tenant, key).Kind.ShouldBe(BucketKeyKind.Other);

    [Theory]
    [InlineData("plain-Name_1~")]
    [InlineData("..")]
    [InlineData("a/b\\c%41")]
    [InlineData("ünï ☃ 🎈")]
    public void Escape_OfAnyName_IsAPartOfAKeyAndComesBack(string name)
    {
        string part = BucketLayout.Escape(name);
        ObjectKey.Check("team-a/rules/" + part);
        part.ShouldNotContain("/");
        BucketLayout.Unescape(part).ShouldBe(name);
    }

    [Fact]
    public void TryParseTenant_TakesTheFirstPart()
    {
        BucketLayout.TryParseTenant("team-a/index/bucket-index.json", out TenantId tenant).ShouldBeTrue();
        tenant.ShouldBe(s_tenant);
        BucketLayout.TryParseTenant("__internal/x", out _).ShouldBeFalse();
    }
}
