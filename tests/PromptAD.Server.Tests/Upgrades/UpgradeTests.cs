using System.IO.Compression;
using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Upgrades;

/// <summary>What earlier versions wrote (tests/Upgrades) is read by this one.</summary>
public sealed class UpgradeTests(TinyBackbone backbone) : TemporaryFolder
{
    private const float Tolerance = 1e-5f;

    private static readonly string Written = Path.Combine(AppContext.BaseDirectory, "Upgrades");

    public static TheoryData<string> Versions() => [.. Directory.GetDirectories(Written).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Stores_databases_detectors_and_recipes_of_an_earlier_version_are_read(string version)
    {
        string source = Path.Combine(Written, version), data = InFolder("data"), store = InFolder("store");
        var facts = JsonSerializer.Deserialize<UpgradeFacts>(File.ReadAllText(Path.Combine(source, "facts.json")), ServiceJson.Options)!;
        ZipFile.ExtractToDirectory(Path.Combine(source, "data.zip"), data);
        CopyAll(Path.Combine(source, "store"), store);
        await using ServiceUnderTest service = await StartAsync(
            data, backbone, settings: [$"--store={store}", $"--backbone={UpgradeWriter.Backbone}"]);
        HttpClient client = service.Administrator;

        Page<InspectionResult> kept = await GetAsync<Page<InspectionResult>>(client, "/api/inspections");
        Assert.Equal(facts.Inspections, kept.Items.Reverse().Select(one => new UpgradeFact(one.Part!, one.Verdict!.Value, one.Score!.Value)));
        Assert.Equal(ReviewedAs.Defect, kept.Items[0].Review);
        await Ok(client.GetAsync($"/api/inspections/{kept.Items[0].Id}/overlay"));
        AuditCheck audit = await GetAsync<AuditCheck>(client, "/api/audit/check");
        Assert.Null(audit.Problem);
        Assert.True(audit.Entries >= facts.AuditEntries);

        byte[] recipe = File.ReadAllBytes(Path.Combine(source, "plate.recipe"));
        await Ok(client.PostAsync("/api/recipes", Bytes(recipe, RecipeFile.MediaType))); // as another version of the same product
        for (int number = 2; number <= 3; number++)
        {
            await PostAsync<ProductInfo>(client, "/api/products/plate/activate", new Activation(number));
            foreach ((UpgradeFact fact, byte[] picture) in facts.Inspections.Zip([TestPictures.Good(1), TestPictures.Defect(1)]))
            {
                InspectionResult again = await JudgeAsync(client, "plate", picture, "?part=again");
                Assert.Equal((number, fact.Verdict), (again.Version, again.Verdict!.Value));
                Assert.Equal(fact.Score, again.Score!.Value, Tolerance);
            }
        }
    }

    private static void CopyAll(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
