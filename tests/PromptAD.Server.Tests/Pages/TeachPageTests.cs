using System.Net.Http.Json;
using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Teaching and limits in a real browser against the real service.</summary>
public sealed class TeachPageTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    // Files as a drop brings them, folders among them, since a test cannot drag from a desktop.
    private const string DropScript = """
        ([zone, files]) => {
          const data = new DataTransfer();
          for (const one of files) data.items.add(new File([Uint8Array.from(atob(one.bytes), sign => sign.charCodeAt(0))], one.name, { type: one.type }));
          document.querySelector(zone).dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
        }
        """;

    [Fact]
    public async Task A_new_product_is_taught_calibrated_put_in_force_and_rolled_back()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await using BrowserWindow window = await chromium.OpenAsync(service, height: 900);
        IPage page = window.Page;
        await window.SignInAsync("/products");
        await Expect(page.Locator(".status")).ToContainTextAsync("no product yet");
        await page.FillAsync("[name=product-name]", "Riffelblech Größe 5");
        await Expect(page.Locator("[name=product-id]")).ToHaveAttributeAsync("placeholder", "riffelblech-groesse-5");
        await page.FillAsync("[name=product-id]", "plate");
        await ClickAsync(page, "Create");
        await Expect(page).ToHaveURLAsync(new Uri(service.Address, "/products/plate").ToString());

        await page.SetInputFilesAsync(".drop input", Files("good", 0, 6, TestPictures.Good));
        await Expect(page.Locator(".sending")).ToContainTextAsync("6 new, 0 were there already, 0 not kept");
        await Expect(page.Locator(".thumbs li")).ToHaveCountAsync(6);
        await ClickAsync(page, "Look for pictures");
        await Expect(page.Locator(".odd")).ToContainTextAsync("sizes and colours only");
        await page.Locator(".thumbs li").First.GetByRole(AriaRole.Button).ClickAsync();
        await ClickAsync(page, "Remove it");
        await Expect(page.Locator(".thumbs li")).ToHaveCountAsync(5);
        await window.ShootAsync("teach-good-done");

        await page.GetByRole(AriaRole.Link, new() { Name = "Next: Train" }).ClickAsync();
        await ClickAsync(page, "Train");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 1", Patient);
        await Expect(page.Locator("h1")).ToContainTextAsync("Version 1 in force");
        await window.ShootAsync("teach-train-done");

        await page.GetByRole(AriaRole.Link, new() { Name = "Next: Find the limits" }).ClickAsync();
        await page.SetInputFilesAsync(".drop input", Files("more", 10, 24, TestPictures.Good));
        await Expect(page.Locator(".sending")).ToContainTextAsync("24 new");
        await ClickAsync(page, "Find the limits");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 2", Patient);
        await Expect(page.Locator("h1")).ToContainTextAsync("Version 2 in force");

        for (int i = 100; i < 112; i++) await JudgeAsync(service.Administrator, "plate", i % 4 == 0 ? TestPictures.Defect(i) : TestPictures.Good(i));
        await page.GotoAsync("/products/plate?step=feedback");
        await page.SetInputFilesAsync(".drop input", Files("defect", 0, 3, TestPictures.Defect));
        await Expect(page.Locator(".sending")).ToContainTextAsync("3 new");
        await page.GotoAsync("/products/plate?step=versions");
        await ClickAsync(page, "Try it on the kept pictures");
        await Expect(page.Locator(".trial")).ToContainTextAsync("of 3 defects 3 are found");
        await Expect(page.Locator(".histogram")).ToHaveCountAsync(2);
        await ClickAsync(page, "Compare");
        await Expect(page.Locator(".compare")).ToContainTextAsync("limits.ng.score");
        await window.ShootAsync("teach-versions-tried");

        await page.GotoAsync("/products/plate/limits");
        await Expect(page.Locator(".preview")).ToContainTextAsync("None of them would have another verdict");
        string before = await page.Locator("[name=ng]").InputValueAsync();
        await page.Locator("#limit-review").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(page.Locator(".preview")).ToContainTextAsync("9 of them would have another verdict");
        await Expect(page.Locator(".preview")).ToContainTextAsync("9 → 0");
        Assert.Equal(before, await page.Locator("[name=ng]").InputValueAsync());
        await window.ShootAsync("limits-moved");
        await ClickAsync(page, "Save and put in force");
        await Expect(page.Locator(".notice")).ToContainTextAsync("Version 3 has the moved limits and is in force");
        Assert.Equal(3, (await ProductAsync(service)).ActiveVersion);
        await ClickAsync(page, "Back to version 2");
        await Expect(page.Locator(".notice")).ToContainTextAsync("Version 2 is in force");
        Assert.Equal(2, (await ProductAsync(service)).ActiveVersion);

        await page.GotoAsync("/products/plate?step=versions");
        await page.Locator("[data-version='1'] button").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Version 1 in force");
        Assert.Equal(1, (await ProductAsync(service)).ActiveVersion);
        window.CheckQuiet();
    }

    [Fact]
    public async Task What_is_no_picture_is_named_and_all_others_are_kept()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/products/plate?step=good");
        await page.WaitForSelectorAsync(".thumbs, .empty");
        byte[] good = TestPictures.Good(1);

        await DropAsync(
            page, ("good.bmp", "image/bmp", good), ("again.bmp", "image/bmp", good), ("run.mp4", "video/mp4", [1, 2, 3]), ("list.csv", "text/csv", [1]),
            ("cut.bmp", "image/bmp", good[..200]), ("empty.png", "image/png", []), ("photo.heic", "image/heic", [1, 2, 3]));

        ILocator sending = page.Locator(".sending");
        await Expect(sending).ToContainTextAsync("1 new, 1 were there already, 5 not kept");
        await Expect(sending).ToContainTextAsync("run.mp4 – is a video");
        await Expect(sending).ToContainTextAsync("list.csv – is not of a kind that is read");
        await Expect(sending).ToContainTextAsync("cut.bmp – damaged, or no picture");
        await Expect(sending).ToContainTextAsync("empty.png – is empty");
        await Expect(sending).ToContainTextAsync("photo.heic – is not of a kind that is read");
        await Expect(page.Locator(".thumbs li")).ToHaveCountAsync(1);
        await window.ShootAsync("teach-refused");

        await page.EvaluateAsync(
            """
            zone => {
              const data = new DataTransfer();
              for (let i = 0; i < 1000; i++) data.items.add(new File([new Uint8Array(0)], `${i}.png`, { type: 'image/png' }));
              document.querySelector(zone).dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
            }
            """,
            ".drop");
        await Expect(sending).ToContainTextAsync("1000 files were dropped and 500 of them are taken");
        await Expect(sending).ToContainTextAsync("490 more");
    }

    [Fact]
    public async Task A_dropped_folder_is_taken_with_the_folders_in_it()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/products/plate?step=good");
        await window.Page.WaitForSelectorAsync(".empty");

        // Entries as a browser gives them; it reads a folder in several steps, the last of which is empty.
        await window.Page.EvaluateAsync(
            """
            pictures => {
              const file = (bytes, name) => ({ isFile: true, file: done => done(new File([Uint8Array.from(atob(bytes), sign => sign.charCodeAt(0))], name, { type: 'image/bmp' })) });
              const folder = (...entries) => ({ isFile: false, createReader: () => { const steps = [...entries.map(one => [one]), []]; return { readEntries: done => done(steps.shift()) }; } });
              const [a, b, c] = pictures;
              const dropped = new Event('drop', { bubbles: true, cancelable: true });
              dropped.dataTransfer = { items: [{ webkitGetAsEntry: () => folder(file(a, 'a.bmp'), folder(file(b, 'b.bmp'), file(c, 'c.bmp'))) }], files: [] };
              document.querySelector('.drop').dispatchEvent(dropped);
            }
            """,
            Enumerable.Range(0, 3).Select(i => Convert.ToBase64String(TestPictures.Good(i))).ToArray());

        await Expect(window.Page.Locator(".sending")).ToContainTextAsync("3 new, 0 were there already, 0 not kept");
        Assert.Equal(3, (await ProductAsync(service)).GoodPictures);

        // Going to another step stops nothing.
        await window.Page.SetInputFilesAsync(".drop input", Files("more", 10, 40, TestPictures.Good));
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Next: Train" }).ClickAsync();
        await Eventually.GetAsync(() => ProductAsync(service), product => product.GoodPictures == 43, "43 pictures");
    }

    [Fact]
    public async Task Pictures_that_the_service_does_not_take_wait_until_it_is_back()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/products/plate?step=good");
        await page.WaitForSelectorAsync(".empty");
        await page.Clock.InstallAsync();
        bool isAway = true;
        await page.RouteAsync("**/pictures?use=good*", route => isAway && route.Request.Method == "POST"
            ? route.FulfillAsync(new RouteFulfillOptions { Status = 503 })
            : route.ContinueAsync());

        await page.SetInputFilesAsync(".drop input", Files("good", 0, 4, TestPictures.Good));
        ILocator waiting = page.Locator(".sending .wrong");
        for (int i = 0; i < 100 && !await waiting.IsVisibleAsync(); i++) await page.Clock.RunForAsync(1000);
        await Expect(waiting).ToContainTextAsync("4 files wait here");
        isAway = false;
        await ClickAsync(page, "Go on");
        for (int i = 0; i < 100 && (await ProductAsync(service)).GoodPictures < 4; i++) await page.Clock.RunForAsync(1000);

        Assert.Equal(4, (await ProductAsync(service)).GoodPictures);
    }

    [Fact]
    public async Task A_job_that_runs_is_there_when_the_page_is_opened_again()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.TeachAsync("plate", pictures: 30);
        await using (BrowserWindow first = await chromium.OpenAsync(service))
        {
            await first.SignInAsync("/products/plate?step=train");
            await first.Page.GetByRole(AriaRole.Radio, new() { Name = "All, in tiles" }).CheckAsync();
            await first.Page.SelectOptionAsync("[name=train-tiles]", "4x4");
            await ClickAsync(first.Page, "Train");
            await Expect(first.Page.Locator(".job progress")).ToBeVisibleAsync();
        }
        await using BrowserWindow second = await chromium.OpenAsync(service);
        await second.SignInAsync("/products/plate");

        await Expect(second.Page.Locator(".job")).ToContainTextAsync("Training");
        Page<JobInfo> jobs = await GetAsync<Page<JobInfo>>(service.Administrator, "/api/jobs?product=plate");
        await Expect(second.Page.Locator($"[data-job='{jobs.Items[0].Id}']")).ToBeVisibleAsync();
        JobInfo ended = await service.EndOfAsync(jobs.Items[0].Id);
        await Expect(second.Page.Locator($"[data-job='{ended.Id}']")).ToContainTextAsync(
            ended.State == JobState.Completed ? $"done: version {ended.Version}" : ended.Error ?? "", Patient);
    }

    [Fact]
    public async Task A_region_is_drawn_with_the_mouse_and_entered_with_keys()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.TeachAsync("plate");
        await using BrowserWindow window = await chromium.OpenAsync(service, height: 1200);
        IPage page = window.Page;
        await window.SignInAsync("/products/plate?step=train");
        await page.GetByRole(AriaRole.Radio, new() { Name = "One region" }).CheckAsync();
        ILocator canvas = page.Locator(".region svg");
        await canvas.ScrollIntoViewIfNeededAsync();
        await page.WaitForFunctionAsync("() => [...document.images].every(one => one.complete)");
        LocatorBoundingBoxResult box = (await canvas.BoundingBoxAsync())!;

        await page.Mouse.MoveAsync(box.X + (box.Width * 0.75f), box.Y + (box.Height * 0.75f));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.25f), box.Y + (box.Height * 0.25f));
        await page.Mouse.UpAsync();

        await Expect(page.Locator("[name=region-x]")).ToHaveValueAsync("12");
        await Expect(page.Locator("[name=region-width]")).ToHaveValueAsync("24");
        await Expect(page.Locator("[name=region-height]")).ToHaveValueAsync("20");
        await page.FillAsync("[name=region-width]", "400");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("[name=region-width]")).ToHaveValueAsync("36");
        await window.ShootAsync("teach-region");
        await ClickAsync(page, "Train");
        await Expect(page.Locator(".job")).ToContainTextAsync("done: version 2", Patient);
        VersionInfo version = await GetAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/2");
        Assert.Equal(36.0 / 48 * 20 / 40, version.Detector.GetProperty("mask").GetProperty("inspected").GetDouble(), 0.02);
    }

    [Fact]
    public async Task Of_two_engineers_who_move_one_limit_the_slower_is_told_and_loses_nothing()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        for (int i = 0; i < 6; i++) await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i));
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Engineer));
        await using BrowserWindow anna = await chromium.OpenAsync(service), bert = await chromium.OpenAsync(service);
        await anna.SignInAsync("/products/plate/limits");
        await bert.SignInAsync("/products/plate/limits", "bert");
        await MoveAsync(anna, "0.9");
        await MoveAsync(bert, "0.95");

        await ClickAsync(bert.Page, "Save and put in force");
        await Expect(bert.Page.Locator(".notice")).ToContainTextAsync("Version 2");
        await ClickAsync(anna.Page, "Save and put in force");

        await Expect(anna.Page.Locator(".notice.wrong")).ToContainTextAsync("version 2 by bert is in force now");
        await Expect(anna.Page.Locator("[name=ng]")).ToHaveValueAsync("0.9");
        Assert.Equal((2, 2), ((await ProductAsync(service)).ActiveVersion, (await ProductAsync(service)).Versions));
        await anna.ShootAsync("limits-overtaken");
        await ClickAsync(anna.Page, "Save and put in force");
        await Expect(anna.Page.Locator(".notice").First).ToContainTextAsync("Version 3");
        Assert.Equal(0.9f, (await GetAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/3")).Limits!.NG);

        static async Task MoveAsync(BrowserWindow window, string ng)
        {
            await window.Page.FillAsync("[name=ng]", ng);
            await window.Page.Keyboard.PressAsync("Tab");
            await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Save and put in force" })).ToBeEnabledAsync();
        }
    }

    [Fact]
    public async Task An_operator_sees_how_a_product_is_taught_and_changes_nothing()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.TeachAsync("plate");
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("carl", Password, Role.Operator));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/products", "carl");
        await Expect(page.Locator(".notice")).ToContainTextAsync("needs the role of an engineer");
        await Expect(page.Locator("[name=product-name]")).ToHaveCountAsync(0);

        await page.GotoAsync("/products/plate?step=good");
        await Expect(page.Locator(".thumbs li")).ToHaveCountAsync(4);
        await Expect(page.Locator(".drop")).ToHaveCountAsync(0);
        await Expect(page.Locator(".thumbs button")).ToHaveCountAsync(0);
        await page.GotoAsync("/products/plate/limits");
        await Expect(page.Locator(".notice")).ToContainTextAsync("may not move them");
        await Expect(page.Locator("#limit-ng")).ToBeDisabledAsync();
        await page.GotoAsync("/products/plate?step=versions");
        await Expect(page.Locator(".rows").First).ToContainTextAsync("in force");
        await window.ShootAsync("teach-operator");
        window.CheckQuiet();
    }

    [Fact]
    public async Task Pictures_of_the_line_are_looked_at_and_taken()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        List<InspectionResult> judged = [];
        for (int i = 0; i < 5; i++) judged.Add(await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i), $"?part=SN-{i}"));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        await Ok(service.Administrator.PutAsJsonAsync($"/api/inspections/{judged[0].Id}/review", new ReviewRequest(ReviewedAs.Defect), ServiceJson.Options));
        int good = judged.Skip(1).Count(one => one.Verdict == InspectionVerdict.OK);
        Assert.True(good >= 2);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/products/plate?step=good");
        await page.GetByText("Take pictures from the line").ClickAsync();
        await ClickAsync(page, "Show them");
        await Expect(page.Locator(".take .thumbs li")).ToHaveCountAsync(good);

        await page.Locator(".take .thumbs input").First.UncheckAsync();
        await window.ShootAsync("teach-take");
        await ClickAsync(page, $"Take {good - 1} pictures");

        await Expect(page.Locator(".take")).ToContainTextAsync($"{good - 1} new");
        await Expect(page.Locator(".panel > .thumbs li")).ToHaveCountAsync(good - 1);
    }

    private static LocatorAssertionsToContainTextOptions Patient { get; } = new() { Timeout = 120_000 };

    private static Task ClickAsync(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();

    private static IEnumerable<FilePayload> Files(string name, int first, int count, Func<int, byte[]> draw) => Enumerable.Range(first, count)
        .Select(i => new FilePayload { Name = $"{name}-{i}.bmp", MimeType = "image/bmp", Buffer = draw(i) });

    private static async Task DropAsync(IPage page, params (string Name, string Type, byte[] Bytes)[] files) => await page.EvaluateAsync(
        DropScript, new object[] { ".drop", files.Select(one => new { name = one.Name, type = one.Type, bytes = Convert.ToBase64String(one.Bytes) }).ToArray() });

    private static Task<ProductInfo> ProductAsync(ServiceUnderTest service) => GetAsync<ProductInfo>(service.Administrator, "/api/products/plate");
}
