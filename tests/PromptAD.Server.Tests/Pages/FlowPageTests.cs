using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The whole life of a product in a browser, on both databases.</summary>
public sealed class FlowPageTests(TinyBackbone backbone, Chromium chromium, PostgresCluster cluster) : TemporaryFolder
{
    private static LocatorAssertionsToContainTextOptions Patient { get; } = new() { Timeout = 120_000 };

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_product_is_taught_gets_limits_is_reviewed_learns_and_is_rolled_back(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
        await using BrowserWindow window = await chromium.OpenAsync(service, height: 1000);
        IPage page = window.Page;
        await window.SignInAsync("/products");

        // Teach.
        await page.FillAsync("[name=product-name]", "plate");
        await ClickAsync("Create");
        await page.SetInputFilesAsync(".drop input", Files("good", 0, 6, TestPictures.Good));
        await Expect(page.Locator(".sending")).ToContainTextAsync("6 new");
        await page.GotoAsync("/products/plate?step=train");
        await ClickAsync("Train");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 1", Patient);

        // Limits: found, then moved so that a good part is doubtful.
        await page.GotoAsync("/products/plate?step=calibrate");
        await page.SetInputFilesAsync(".drop input", Files("more", 10, 24, TestPictures.Good));
        await Expect(page.Locator(".sending")).ToContainTextAsync("24 new");
        await ClickAsync("Find the limits");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 2", Patient);
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(100));
        await page.GotoAsync("/products/plate/limits");
        await page.Locator("#limit-review").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await ClickAsync("Save and put in force");
        await Expect(page.Locator(".notice")).ToContainTextAsync("Version 3 has the moved limits and is in force");

        // Review: a false reject, and a defect with its place.
        InspectionResult good = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(101));
        InspectionResult defect = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(102));
        Assert.Equal((InspectionVerdict.Review, InspectionVerdict.NG), (good.Verdict, defect.Verdict));
        await page.GotoAsync("/review");
        await LooksAtAsync(defect);
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("[data-mark]")).ToBeFocusedAsync(); // from then on its keys are heard
        await page.Keyboard.PressAsync("Enter");
        await LooksAtAsync(good);
        await page.Keyboard.PressAsync("g");
        await Expect(page.Locator(".empty")).ToContainTextAsync("Nothing waits");
        Assert.Single((await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{defect.Id}")).Where);

        // Feedback makes a version, which is put in force by hand and taken back.
        await page.GotoAsync("/products/plate?step=feedback");
        await ClickAsync("Learn from reviews");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 4", Patient);
        await page.GotoAsync("/products/plate?step=versions");
        await page.Locator("[data-version='4'] button").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Version 4 in force");
        Assert.Equal(4, (await JudgeAsync(service.Administrator, "plate", TestPictures.Good(103))).Version);
        await page.Locator("[data-version='2'] button").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Version 2 in force");
        InspectionResult last = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(104));
        Assert.Equal(2, last.Version);
        await page.GotoAsync("/history");
        await Expect(page.Locator(".status")).ToHaveTextAsync("Found: 5");
        await Expect(page.Locator(".rows tbody tr").First).ToContainTextAsync($"{last.Id}");
        Assert.Null((await GetAsync<AuditCheck>(service.Administrator, "/api/audit/check")).Problem);
        window.CheckQuiet();

        Task ClickAsync(string name) => page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();

        Task LooksAtAsync(InspectionResult one) =>
            Expect(page.Locator("section[data-inspection]")).ToHaveAttributeAsync("data-inspection", $"{one.Id}");
    }

    private static IEnumerable<FilePayload> Files(string name, int first, int count, Func<int, byte[]> draw) => Enumerable.Range(first, count)
        .Select(i => new FilePayload { Name = $"{name}-{i}.bmp", MimeType = "image/bmp", Buffer = draw(i) });
}
