def test_a(sign_in_as, app):
    app.config["PROPAGATE_EXCEPTIONS"]=True
    b = sign_in_as("agent")
    r = b.get("/simulator"); print(r.status_code, r.text[:300])
    assert r.status_code == 200
