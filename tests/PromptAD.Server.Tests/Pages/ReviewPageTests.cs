using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Marking where a defect is, and two people before two browsers.</summary>
public sealed class ReviewPageTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Fact]
    public async Task A_mouse_marks_where_the_defect_is()
    {
        await using ServiceUnderTest service = await StartAsync();
        InspectionResult bad = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1), "?part=SN-1");
        await using BrowserWindow window = await chromium.OpenAsync(service, height: 1000);
        IPage page = window.Page;
        await window.SignInAsync("/review");
        await LooksAtAsync(page, bad);

        await DragAsync(page, (0.5, 0.5), (0.25, 0.2));
        await DragAsync(page, (0.75, 0.75), (2, 2)); // beyond the picture
        await Expect(page.Locator("[data-mark]")).ToHaveTextAsync(["1: 12 × 12", "2: 12 × 10"]);
        await DragAsync(page, (0.6, 0.6), (0.9, 0.65));
        await page.GetByRole(AriaRole.Button, new() { Name = "Take rectangle 3 away" }).ClickAsync();
        await Expect(page.Locator("[data-mark]")).ToHaveCountAsync(2);
        await window.ShootAsync("review-marked");
        await page.Keyboard.PressAsync("d");

        await Expect(page.Locator(".status")).ToHaveTextAsync($"Inspection {bad.Id} is reviewed as a defect, with 2 marked.");
        Assert.Equal([new(12, 8, 12, 12), new MarkedPlace(36, 30, 12, 10)], (await InspectionAsync(service, bad)).Where);
        await page.GotoAsync($"/inspections/{bad.Id}");
        await Expect(page.Locator(".regions rect.mark")).ToHaveCountAsync(2);
        await Expect(page.Locator("figcaption")).ToContainTextAsync("Marked by hand: 2");
        await window.ShootAsync("inspection-marked");
        window.CheckQuiet();
    }

    [Fact]
    public async Task A_finger_marks_where_the_defect_is()
    {
        await using ServiceUnderTest service = await StartAsync();
        InspectionResult bad = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        await using BrowserWindow window = await chromium.OpenAsync(service, width: 390, height: 844);
        IPage page = window.Page;
        await window.SignInAsync("/review");
        await LooksAtAsync(page, bad);
        LocatorBoundingBoxResult box = await CanvasAsync(page);
        ICDPSession browser = await page.Context.NewCDPSessionAsync(page);

        await TouchAsync("touchStart", box.X + (box.Width * 0.25), box.Y + (box.Height * 0.25));
        await TouchAsync("touchMove", box.X + (box.Width * 0.5), box.Y + (box.Height * 0.4));
        await TouchAsync("touchMove", box.X + (box.Width * 0.75), box.Y + (box.Height * 0.75));
        await TouchAsync("touchEnd");

        await Expect(page.Locator("[data-mark]")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Defect (D)" }).ClickAsync();
        await Expect(page.Locator(".status")).ToContainTextAsync("with 1 marked");
        MarkedPlace marked = Assert.Single((await InspectionAsync(service, bad)).Where);
        Assert.InRange(marked.Width, 22, 26);
        Assert.InRange(marked.Height, 18, 22);

        Task TouchAsync(string kind, double? x = null, double y = 0) => browser.SendAsync("Input.dispatchTouchEvent", new Dictionary<string, object>
        {
            ["type"] = kind,
            ["touchPoints"] = x is { } left ? [new Dictionary<string, double> { ["x"] = left, ["y"] = y }] : Array.Empty<object>(),
        });
    }

    [Fact]
    public async Task Keys_mark_move_size_and_save_and_a_screen_reader_hears_of_it()
    {
        await using ServiceUnderTest service = await StartAsync();
        InspectionResult next = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(2));
        InspectionResult bad = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/review");
        await LooksAtAsync(page, bad);
        ILocator heard = page.Locator("[data-said]");
        DefectRegion found = bad.Regions[0];

        await page.Keyboard.PressAsync("r");
        await Expect(heard).ToHaveTextAsync($"Rectangle 1: left {found.X}, top {found.Y}, {found.Width} wide and {found.Height} high, in pixels");
        await Expect(page.Locator("[data-mark='0']")).ToBeFocusedAsync();
        for (int i = 0; i < 60; i++) await page.Keyboard.PressAsync("Shift+ArrowLeft");
        for (int i = 0; i < 60; i++) await page.Keyboard.PressAsync("Shift+ArrowUp");
        await Expect(heard).ToContainTextAsync("1 wide and 1 high");
        for (int i = 0; i < 60; i++) await page.Keyboard.PressAsync("ArrowLeft");
        for (int i = 0; i < 3; i++) await page.Keyboard.PressAsync("Shift+ArrowDown");
        await Expect(heard).ToHaveTextAsync($"Rectangle 1: left 0, top {found.Y}, 1 wide and 4 high, in pixels");
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("[data-mark='1']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Delete");
        await Expect(heard).ToHaveTextAsync("Rectangle 2 is taken away.");
        await Expect(page.Locator("[data-mark='0']")).ToBeFocusedAsync();
        await LooksAtAsync(page, bad); // arrows on a marked place do not move in the queue
        await page.Keyboard.PressAsync("Enter");

        await LooksAtAsync(page, next);
        InspectionResult saved = await InspectionAsync(service, bad);
        Assert.Equal((ReviewedAs.Defect, new MarkedPlace(0, found.Y, 1, 4)), (saved.Review, saved.Where.Single()));

        // Taken back, it is there again with what was marked; good has nothing marked.
        await page.Keyboard.PressAsync("u");
        await LooksAtAsync(page, bad);
        await Expect(page.Locator("[data-mark]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("g");
        await LooksAtAsync(page, next);
        saved = await InspectionAsync(service, bad);
        Assert.Equal((ReviewedAs.Good, 0), (saved.Review, saved.Where.Count));
        window.CheckQuiet();
    }

    [Fact]
    public async Task Two_who_review_see_what_the_other_has_done_and_lose_nothing_that_they_draw()
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Operator));
        List<InspectionResult> bad = [];
        for (int i = 0; i < 4; i++) bad.Add(await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(i)));
        await using BrowserWindow anna = await chromium.OpenAsync(service, height: 1000), bert = await chromium.OpenAsync(service, height: 1000);
        await anna.SignInAsync("/review");
        await bert.SignInAsync("/review", "bert");
        await LooksAtAsync(anna.Page, bad[3]);
        await LooksAtAsync(bert.Page, bad[3]);
        await DragAsync(anna.Page, (0.25, 0.25), (0.5, 0.5));
        await Expect(anna.Page.Locator("[data-mark]")).ToHaveCountAsync(1);

        // One that she does not look at goes; the one that she draws on stays and says who was faster.
        await bert.Page.Keyboard.PressAsync("ArrowRight");
        await LooksAtAsync(bert.Page, bad[2]);
        await bert.Page.Keyboard.PressAsync("g");
        await Expect(anna.Page.Locator(".strip li")).ToHaveCountAsync(3);
        await Expect(anna.Page.Locator(".status")).ToHaveTextAsync("Waiting for a look: 3");
        await bert.Page.Keyboard.PressAsync("ArrowLeft");
        await LooksAtAsync(bert.Page, bad[3]);
        await bert.Page.Keyboard.PressAsync("d");
        ILocator notice = anna.Page.Locator("[data-overtaken]");
        await Expect(notice).ToContainTextAsync("bert has reviewed this part meanwhile: Defect.");
        await Expect(notice).ToContainTextAsync("What you have marked is still here.");
        await LooksAtAsync(anna.Page, bad[3]);
        await Expect(anna.Page.Locator("[data-mark]")).ToHaveCountAsync(1);
        await anna.ShootAsync("review-overtaken");

        // What is drawn outlives a walk through the queue and a key that would overwrite; saving over the other takes a button.
        await anna.Page.Keyboard.PressAsync("ArrowRight");
        await LooksAtAsync(anna.Page, bad[1]);
        await anna.Page.Keyboard.PressAsync("ArrowLeft");
        await LooksAtAsync(anna.Page, bad[3]);
        await anna.Page.Keyboard.PressAsync("d");
        await Expect(anna.Page.Locator(".status")).ToContainTextAsync("bert has reviewed inspection");
        Assert.Equal(("bert", 0), await ReviewOfAsync(bad[3]));
        await anna.Page.GetByRole(AriaRole.Button, new() { Name = "Save what is marked here instead" }).ClickAsync();
        await Expect(anna.Page.Locator(".status")).ToContainTextAsync("with 1 marked");
        Assert.Equal((Name, 1), await ReviewOfAsync(bad[3]));

        // Without anything drawn it stays until she moves on; taken back, it waits for both again.
        await LooksAtAsync(anna.Page, bad[1]);
        await LooksAtAsync(bert.Page, bad[1]);
        await bert.Page.Keyboard.PressAsync("d");
        await Expect(notice).ToContainTextAsync("bert has reviewed this part");
        await anna.Page.Keyboard.PressAsync("ArrowRight");
        await LooksAtAsync(anna.Page, bad[0]);
        await Expect(anna.Page.Locator(".strip li")).ToHaveCountAsync(1);
        await bert.Page.Keyboard.PressAsync("u");
        await Expect(anna.Page.Locator(".strip li")).ToHaveCountAsync(2);
        await LooksAtAsync(anna.Page, bad[0]);
        anna.CheckQuiet();
        bert.CheckQuiet();

        async Task<(string? By, int Marked)> ReviewOfAsync(InspectionResult one)
        {
            InspectionResult now = await InspectionAsync(service, one);
            return (now.ReviewedBy, now.Where.Count);
        }
    }

    [Fact]
    public async Task Limits_that_another_engineer_moves_are_shown_where_nothing_is_entered_and_told_where_something_is()
    {
        await using ServiceUnderTest service = await StartAsync();
        for (int i = 0; i < 4; i++) await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i));
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Engineer));
        await using BrowserWindow anna = await chromium.OpenAsync(service), bert = await chromium.OpenAsync(service);
        await anna.SignInAsync("/products/plate/limits");
        await bert.SignInAsync("/products/plate/limits", "bert");
        ILocator field = anna.Page.Locator("[name=ng]");
        await Expect(field).ToBeVisibleAsync();

        await MoveAsync("0.9");
        await Expect(anna.Page.Locator(".notice")).ToHaveTextAsync("Version 2, made by bert, is in force now; these are its limits.");
        await Expect(field).ToHaveValueAsync("0.9");

        await field.FillAsync("0.85");
        await anna.Page.Keyboard.PressAsync("Tab");
        await MoveAsync("0.95");
        await Expect(anna.Page.Locator(".notice.wrong")).ToContainTextAsync("version 3 by bert is in force now");
        await Expect(field).ToHaveValueAsync("0.85");
        anna.CheckQuiet();

        async Task MoveAsync(string ng)
        {
            await bert.Page.FillAsync("[name=ng]", ng);
            await bert.Page.Keyboard.PressAsync("Tab");
            await bert.Page.GetByRole(AriaRole.Button, new() { Name = "Save and put in force" }).ClickAsync();
            await Expect(bert.Page.Locator(".notice").First).ToContainTextAsync("has the moved limits and is in force");
        }
    }

    private async Task<ServiceUnderTest> StartAsync()
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private static Task LooksAtAsync(IPage page, InspectionResult one) =>
        Expect(page.Locator("section[data-inspection]")).ToHaveAttributeAsync("data-inspection", $"{one.Id}");

    private static Task<InspectionResult> InspectionAsync(ServiceUnderTest service, InspectionResult one) =>
        GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{one.Id}");

    /// <summary>Drags between two points, in parts of the picture.</summary>
    private static async Task DragAsync(IPage page, (double X, double Y) from, (double X, double Y) to)
    {
        LocatorBoundingBoxResult box = await CanvasAsync(page);
        await page.Mouse.MoveAsync((float)(box.X + (box.Width * from.X)), (float)(box.Y + (box.Height * from.Y)));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync((float)(box.X + (box.Width * to.X)), (float)(box.Y + (box.Height * to.Y)), new() { Steps = 3 });
        await page.Mouse.UpAsync();
    }

    /// <summary>Where the picture lies in the window, once it is there: the drawing fits into its frame as the picture does.</summary>
    private static async Task<LocatorBoundingBoxResult> CanvasAsync(IPage page)
    {
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.frame img')].every(one => one.complete && one.naturalWidth > 0)");
        await page.Locator("svg.marks").ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult frame = (await page.Locator(".frame img").BoundingBoxAsync())!;
        float scale = Math.Min(frame.Width / TestPictures.Width, frame.Height / TestPictures.Height);
        (float width, float height) = (TestPictures.Width * scale, TestPictures.Height * scale);
        return new LocatorBoundingBoxResult
        {
            X = frame.X + ((frame.Width - width) / 2),
            Y = frame.Y + ((frame.Height - height) / 2),
            Width = width,
            Height = height,
        };
    }
}
